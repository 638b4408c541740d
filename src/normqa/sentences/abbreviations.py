"""Abbreviations, by whether a sentence can end with them. All are in lower case, without the final period."""

# ruff: noqa: RUF001 - some are Greek or Cyrillic

# Before a number, a letter or a name. A sentence hardly ever ends with one.
_OPEN = """
    abb abs abschn abstr acad acc acct accts adj adm admin adv aff alin amb amdt amend anh anl anm ann
    annot anon apdo appl approx aprox aq arch arr artt assoc asst atty aufl av avg avv b.a b.ed b.s b.sc
    bd bde bek benj bgbl bijl bijv bk bks bkz bl.a bldg blz br brig buchst bull bzw c.f.r ca capp capt
    cdr cert cf cfr ch chap chaps chapt chas chs cikk cilt cir circ cit cl cls cmdr cmnd cmte col coll
    cols comdr comm comp conf cong const conv cor corr coun cpl cpt cpte ct d.d d.d.s d.h d.lgs d.phil
    d.sc decl def dep depart dept dhr diag dipl dir dist distr div dl dott dr dr.h.c dr.phil dra drs
    dz.u dña e.g e.o ed edn edns eds edw eng engr ens env eq eqn eqns eqs esim esp espec est etym ev
    evtl excl exh ext f.eks f.r facs fasc fed fej ff fl fls fn fns fol fols fr ft fußn fwd geb gem gen
    geo gest ggf gl godz gov govt gral gt guar halbs hfst hist hon hosp hptm hr hrn hrsg hs i.c i.d.f
    i.e i.s.d i.v.m ibid illus incl inkl insp instr int intl introd inv iss j.d jas jg jgg jhr jos jrg
    judg kap kb kl klo kpl ks lat lem lett lfg lic lieut lit liv ll ll.b ll.d ll.m loc loc.cit lt ltr
    luk m.a m.b.a m.b.t m.d m.ed m.p m.phil m.s m.sc maj matt md mem memb messrs mevr mgr mil misc mlle
    mm mme mmes mr mrs ms msgr mss mt mtg mtn mwst mx n.b n.j např nat natl nb neg nn np npr nr nrn nro
    nrs ns nth num numb núm núms o.a o.c obr obs obst odst ofc op.cit opp ord orig p.ex p.s pag pagg par
    para paras parl parr pct ph.d phil pkt pl plt pogl por pos poz pp pref prelim pres prof profs prop
    prot prov ps pseud pt pts publ puh pvt pág págs párr párrs písm q.v qq qtd qu quot r.a r.n randnr
    rdn rdnr rdz recd recs reg regs regt rel rep repl repr reps req resp ret rev rgt rn robt rozdz rpt
    rs rt rys rz réf s.d s.v sch sched schs sci scr sec secs sect sects secy sek sel sen sens seq serg
    sess sez sf sgt sig sigg sog sp spc spp sqn sra srta ss st sta stc std ste stk str subch subcl
    subdiv subpara subparas subsec subsecs subsect subss supp suppl supt surg syn sz séc t.a.v t.d t.ex
    tbl tel terr thm thms thos tit tj tlf tom topp trad trans transl treas ts tzn tzv tzw tél tít u.a
    u.s.c uabs ud uds ul unterabs ust usu v.a var vd ver verf vers vgl vid viz vol vols vs vss vv wm wt
    yy z.b zał zb ziff ziffer zuz zz zzgl éd örn ún čl čís άρθ αρ αριθ εδ κεφ παρ σελ абз гг гл изд им
    кв напр пл пп прил разд ред рис см ср сс ст стр стст табл тт ул чч
"""

# Never at the end, whatever follows.
_LEADING = """
    bijv bzw cf d.h dr e.g f.eks i.e messrs mlle mme mr mrs ms mx např np npr p.ex prof t.ex tj vgl viz vs z.b
"""

# Also plain words, which need a number, a Roman numeral or a letter after them.
_WORDS = """
    add adds alt app apps apt art arts cap caps cod cons det dip doc docs ex exec fig figs ill inc inf
    leg lib mag map max may min mod mom no nos odd old op org pars pass plate poss prep pro props pub
    rec ref refs rem res rom rule ser spec stat stats sub sup tab tabs tech temp
"""

# Sentences end with them too, so what follows decides.
_CLOSING = """
    a.d atd ave b.c b.c.e b.v blvd bros c.e chr co corp cos d.c e.u e.v enz esq etc gmbh hwy inc itd itp
    jh jhdt jnr jr l.a llc ltd m.m n.v n.y o.s.v osv plc rd s.a s.p.a s.r.l snr sq sr stb u.k u.n u.s
    u.s.a u.s.s.r u.s.w univ usw
"""

_NUMBERED = """
    abr ago al août apr aug avr dec dez dic déc ene feb febr fri févr jan janv juil jul jun mar mon nov
    oct okt sat sep sept sun thu thur thurs tue tues wed
"""

_UNITS = """
    bbl bu cal cc cm cu cwt deg doz ft g gal gr h hp hr hrs in kg km kt l lb lbs m mbar mg mi mill min
    mins mio ml mld mm mo mos mph mrd oz ph pt qt rpm s sec secs sek std stk t tbsp tsp tys w wk wks yd
    yds yr yrs
"""

# Abbreviations in their own language, words in others.
_OWN = {"it": "all co comma on", "nl": "jo lid", "pl": "ok w r", "fr": "m", "sl": "t", "cs": "r"}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OPEN = _words(_OPEN)
"""A sentence hardly ever ends with one: titles, degrees, parts of a work, Latin."""

LEADING = _words(_LEADING)
"""A sentence never ends with one."""

WORDS = _words(_WORDS)
"""Also plain words, abbreviated only before a number or letter."""

CLOSING = _words(_CLOSING)
"""Sentences often end with one."""

NUMBERED = _words(_NUMBERED)
"""A number follows, or a sentence ends with one: months and days."""

UNITS = _words(_UNITS)
"""Abbreviated only after a number. Sentences often end with one."""

OWN = {language: _words(text) for language, text in _OWN.items()}
"""Abbreviations of one language that are words of another."""
