"""Sentences with abbreviations, and pairs of sentences. A ``|`` marks where one ends."""

CITED = """
    Art. 5|Arts. 5|art. IV|arts. 3|Sect. 4|Sec. 4|sec. 2|Secs. 4|sect. VI|Para. 2|para. 2|paras. 3
    |Paras. 12|Ch. 12|ch. 3|Chap. IV|chap. 3|Chs. 2|Vol. 3|vol. II|Vols. 1|vols. 2|No. 7|no. 12|Nos. 3
    |nos. 4|Fig. 3|fig. 2|Figs. 3|figs. 4|Ann. 2|ann. III|App. 2|App. B|app. 3|Eq. 5|eq. 7|Eqs. 5|Tab. 2
    |Cl. 7|cl. 9|Cls. 2|Reg. 4|Regs. 5|r. 12|rr. 3|s. 12|ss. 4|Sch. 2|sched. 3|Pt. II|pt. 3|p. 5|pp. 5
    |fn. 3|n. 4|nn. 7|ed. 2|eds. 3|Ed. Smith|ed. Smith|eds. Smith|trans. Jones|cf. Smith|Cf. Art|ibid. 5
    |col. 3|cols. 2|l. 4|ll. 7|v. Board|vv. 3|Add. 1|Doc. 5|Doc. A/70/174|doc. 7|Rev. 2|Corr. 1|Amend. 3
    |Supp. 4|Suppl. 2|Ser. B|Prop. 8|Res. 2625|Rec. 12|Dir. 95|Subpara. 3|subsec. 2|Sub-para. 4|Ex. 9
    |Exh. 4|Ref. 12|Bk. 3|bk. II|Pl. 6|Item no. 5|Tit. 4|tit. IV|Stat. 12|L.J. 4|op. cit. 5|loc. cit. 7
    |et seq. 5|approx. 5|est. 1990|c. 1850|ca. 1850|max. 9|min. 4|tel. 555|Tel. 555|ext. 12|arr. 9|dep. 12
    |cert. denied|Op. 9|Ill. 7|Misc. 4|Prot. 2|Ord. 7|Decl. 3|Conv. 5|Comm. 4|Ltr. 6|sq. km|incl. VAT
    |excl. tax|resp. Smith
"""

TITLED = """
    Dr. Roe|Dr. Who|Mr. Li|Mrs. Li|Ms. X|Ms. Li|Mx. Li|Prof. Roe|Profs. Roe|Gen. Roe|Lt. Roe|Lt. Gen. Roe
    |Col. Roe|Maj. Roe|Capt. Roe|Cpt. Roe|Cmdr. Roe|Cdr. Roe|Adm. Roe|Sgt. Roe|Cpl. Roe|Pvt. Roe|Brig. Roe
    |Gov. Roe|Sen. Roe|Sens. Roe|Rep. Roe|Reps. Roe|Pres. Roe|Amb. Roe|Hon. Roe|Rev. Roe|Fr. Roe|Br. Roe
    |Msgr. Roe|Supt. Roe|Insp. Roe|Det. Roe|Atty. Roe|Asst. Roe|Dep. Director|Dir. Gen. Roe|Ph.D. Roe
    |M.D. Roe|St. Petersburg|Mt. Everest|Ft. Worth|Sec. Gen. Roe|Messrs. Roe|Mme. Roe|Mlle. Roe|Jas. Roe
    |Wm. Roe|Chas. Roe|Geo. Roe|Jos. Roe
"""

DATED = """
    Jan. 5|Feb. 5|Mar. 5|Apr. 5|Jun. 5|Jul. 5|Aug. 5|Sept. 5|Sep. 5|Oct. 5|Nov. 5|Dec. 5|Mon. 5|Tues. 5
    |Wed. 5|Thurs. 5|Fri. 5|Sat. 5|Sun. 5|5 p.m. Monday|9 a.m. Eastern|5 p.m. GMT|9 a.m. CET
    |5 p.m. Geneva time|10 ft. 5|6 lb. 2|et al. 2004|5 a.m. on
"""

CONTINUED = tuple(
    f"The rule was in {piece.strip()} of the code." for piece in f"{CITED}|{TITLED}|{DATED}".split("|")
)
"""One sentence each."""

PAIRS = (
    "It rained at 5 p.m.|The match was off.",
    "It rained at 5 p.m.|Then it stopped.",
    "The shop opens at 9 a.m.|It closes early.",
    "Doors open at 7 p.m.|Visitors must register.",
    "They moved to the U.S.|It was cold.",
    "He left the U.K.|His wife stayed.",
    "The seat is in Washington, D.C.|The office is small.",
    "She founded Acme Inc.|He joined later.",
    "She works for Roe & Co.|They sell pumps.",
    "He sued Acme Ltd.|The court agreed.",
    "It belongs to Acme Corp.|She knew.",
    "They spoke to John Roe Jr.|He was ill.",
    "They sell nuts, bolts, etc.|The shop is old.",
    "It was shown by Roe et al.|The proof is short.",
    "See Fig. 3.|The pump runs.",
    "See Art. 5.|The rule is old.",
    "It is in Vol. IV.|The rest is lost.",
    "It is on p. 12.|The map is not.",
    "She holds a Ph.D.|She teaches here.",
    "He is an M.D.|He works in Oslo.",
    "They live on Main St.|The house is red.",
    "It ended in Dec.|The rest came later.",
    "We meet on Mon.|The rest is free.",
    "It weighs 5 lb.|The box is light.",
    "It is 10 ft.|The wall is higher.",
    "It took 5 min.|The pump is fast.",
    "It took 3 hrs.|Nobody complained.",
    "The distance is 5 km.|Walkers need an hour.",
    "The fee is 12.|The fine is 20.",
    "There were 12.|Pumps were rare.",
    "He came in.|5 people followed.",
    "He sat down.|12 people came.",
    "The well is deep.|Vol. 3 describes it.",
    "The rule is old.|Art. 5 repeals it.",
    "See Para. 2.|The rule is new.",
    "See Vol. 3.|Pumps are listed there.",
    "1. Norms matter.|2. States agree.",
    "Dr. Roe left.|Mr. Li stayed.",
    "It was a good app.|Users liked it.",
    "They like art.|Museums are full.",
    "The answer is no.|Nobody came.",
    "He went to the pub.|Music was playing.",
    "He wore a cap.|Hats were rare.",
    "The rope is tied to the leg.|Sailors know the knot.",
    "It rained.|we left.",
    "The rate is 3.5.|It rose.",
    "Napoleon III.|He was emperor.",
    "It was under Henry VIII.|Churches were closed.",
    "The king was Louis XIV.|He was young.",
    "This is the end!|Dr. Roe left.",
    "Is it Art. 5?|No. 7 applies.",
    "It was Plan B.|The rest failed.",
    "He has vitamin C.|She has none.",
    "The store is on Fifth Ave.|The bank is not.",
    "It happened in 44 B.C.|Rome was large.",
    "He is from L.A.|His sister is not.",
    "It is owned by the U.N.|The flag is blue.",
    "The U.S. Senate met.|The U.K. Parliament did not.",
    "Rods are allowed in May.|Nets are not.",
    "It is a matter for the Dept.|It decides.",
    "He studied at Oxford Univ.|She did not.",
)
"""Two sentences each."""

FOREIGN = (
    ("de", "Das 12. Fass platzte am 3. Advent.|Es war voll."),
    ("de", "Die Frist endet am 29. Juli 2026.|Danach ist Schluss."),
    ("de", "Nach Art. 5 Abs. 2 Nr. 3 gilt das nicht.|Die Frist ist kurz."),
    ("de", "Siehe Rn. 12, Bd. 3, S. 4 und Kap. IV der Akte.|Das genügt."),
    ("de", "Vgl. Ziff. 4, Anm. 7 und Anh. II zum Vertrag.|Er gilt noch."),
    ("de", "Es waren genau 12.|Dann kam der Regen."),
    ("de", "Das gilt z. B. für Verträge, d. h. immer.|So ist es."),
    ("de", "Der XII. Kongress tagte im 19. Jh. in Wien.|Er war kurz."),
    ("de", "Frau Dr. Roe und Hr. Li kamen bzw. gingen.|Wir blieben."),
    ("de", "Der Preis liegt ca. 5 Euro höher, inkl. 19 Prozent.|Das ist viel."),
    ("fr", "Selon l’art. 5 al. 2 du code, le délai court.|Il est bref."),
    ("fr", "Voir chap. 3, par. 4, p. 12 et fig. 7 du rapport.|La suite manque."),
    ("fr", "Aux termes de l'art. L. 121 du code, c’est permis.|Le juge décide."),
    ("fr", "M. Dupont et Mme. Roe ont vu le vol. II de la série.|Ils partent."),
    ("es", "Según el art. 5 de la ley, el plazo es breve.|No se amplía."),
    ("es", "Véase núm. 4, pág. 12, cap. 3 y párr. 7 del informe.|Falta el resto."),
    ("es", "El Sr. Roe y la Sra. Li firmaron el apdo. 2 del acta.|Luego salieron."),
    ("it", "Secondo l’art. 5, n. 3 della legge, il termine è breve.|Non si proroga."),
    ("it", "Ai sensi dell’art. 5 e del n. 3.|È così."),
    ("it", "Si vedano gli artt. 3 e 4, co. 2, lett. b del codice.|Il resto manca."),
    ("it", "Il sig. Roe e il dott. Rossi citano la pag. 12 e il cap. IV.|Poi escono."),
    ("nl", "Zie nr. 4, art. 5, lid 2 en blz. 12 van de wet.|De rest ontbreekt."),
    ("nl", "Volgens hfst. 3 en par. 7 van het besluit mag het.|Dat is nieuw."),
    ("pt", "Segundo o art. 5 da lei, o prazo é curto.|Não se prorroga."),
    ("pt", "Ver pág. 12, cap. 3, inc. II e par. 4 do relatório.|Falta o resto."),
    ("sv", "Enligt kap. 3 och art. 5 gäller det inte.|Det är nytt."),
    ("da", "Den 3. maj og den 12. Juni er fridage efter stk. 2 i loven.|Det er nyt."),
    ("nb", "Den 17. Mai er fridag etter art. 5 og kap. 3 i loven.|Det er nytt."),
    ("fi", "Tapahtui 3. Joulukuuta ja s. 5 kertoo siitä.|Se on totta."),
    ("cs", "Podle čl. 5 odst. 2 písm. b zákona to neplatí.|Je to nové."),
    ("cs", "Karel IV. Lucemburský zemřel 29. listopadu.|Byl to král."),
    ("pl", "Zgodnie z art. 5 ust. 2 pkt 3 ustawy to nie obowiązuje.|To jest nowe."),
    ("pl", "Jan III. Sobieski wygrał 12. Września.|To był król."),
    ("hu", "Az 5. Cikk szerint ez nem tilos.|Ez új."),
    ("hr", "Prema čl. 5 st. 2 zakona to ne vrijedi.|To je novo."),
    ("sl", "Po čl. 5 in str. 12 zakona to ne velja.|To je novo."),
    ("ru", "Согласно ст. 5 и п. 3 закона это запрещено.|Это новое."),
    ("ru", "См. рис. 4, табл. 2 и гл. 7 доклада.|Остальное утрачено."),
)
"""Language, and two sentences in it."""
