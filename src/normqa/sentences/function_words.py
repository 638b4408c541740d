"""Frequent function words, by language. They tell languages apart, and sentences open with them."""

_FUNCTION_WORDS = {
    "en": """
        the of and to is that for it with as his on be at by this had not are but from or have an they
        which one you were all their there been if when who will no more would so what up out about than
        into them only some could these two then do any my now such like our over me even most made after
        did many must before through where much should well was he she we its has can may in each other
        between how under does your her him also because those there's
    """,
    "de": """
        der die das und ist nicht ein eine einer einem einen eines mit dem den des auf für im sich auch es
        dass wird werden wurde wurden sind er sie wir ich zu zur zum bei nach aus durch oder als wie nur
        noch aber kann können haben hat war waren um am vor über unter zwischen seit diese dieser dieses
        diesem diesen dann wenn muss müssen soll sollen darf dürfen dort hier danach seine seiner ihre
        ihrer man alle jeder jede jedes kein keine laut gemäß außerdem jedoch dabei unser unsere mein
        meine sein dazu damals heute gestern später zuerst daher
    """,
    "fr": """
        le la les et est des un une que qui dans pour pas par sur au aux avec ce cette ces il elle ils
        elles nous vous je se sont ne ou plus son sa ses leur leurs être était étaient ont selon sous
        entre mais donc comme tout toute tous toutes peut doit doivent peuvent après avant lors ainsi où
        si même cela ceci celui celle aucun aucune chaque depuis pendant puis alors ensuite enfin aujourd
        on
    """,
    "es": """
        el la los las es que en un una por con para no se lo al su sus del como más pero fue son este esta
        estos estas ese esa ha han ser está están según entre cuando sobre también hasta desde donde muy
        sin todo toda todos todas puede pueden debe deben él ella ellos ellas nosotros yo si ya había era
        después antes luego entonces cada otro otra cualquier
    """,
    "it": """
        il lo la gli le che un uno una per con non si dei delle degli della dello del nel nella nei nelle
        al alla ai alle dal dalla sul sulla come più ma anche sono era erano ha hanno questo questa questi
        queste quello quella loro suo sua essere può possono deve devono secondo tra fra dopo prima quando
        dove ogni se già egli ella essi noi io lui lei così poi quindi infine oggi ieri
    """,
    "pt": """
        os as um uma que em no na nos nas para por com não se ao aos às mais mas foi são este esta estes
        estas esse essa isso ele ela eles elas seu sua seus suas ser está estão pelo pela pelos pelas
        segundo entre quando sobre também até desde onde muito sem todo toda todos todas pode podem deve
        devem nós eu já era depois antes cada outro outra qualquer há
    """,
    "nl": """
        de het een en is van niet dat die in op te zijn met voor aan er om ook als bij wordt worden werd
        werden naar uit door of dan maar over nog deze dit heeft hebben kan kunnen moet moeten hij zij ze
        wij we ik je wat waar wanneer volgens tussen onder na tot tegen geen elke alle haar hun onze
        daarna toen daar hier vandaag gisteren later eerst echter
    """,
    "da": """
        og det er en et den de til som på for med af ikke at der var blev bliver har havde kan skal vil
        fra om ved efter eller men også han hun vi jeg man sig sin sit sine denne dette disse hvor når
        hvis under mellem mod uden alle hver ingen derefter så da nu her dag ifølge derfor
    """,
    "nb": """
        og det er en et den de til som på for med av ikke at der var ble blir har hadde kan skal vil fra
        om ved etter eller men også han hun vi jeg man seg sin sitt sine denne dette disse hvor når hvis
        under mellom mot uten alle hver ingen deretter så da nå her ifølge derfor
    """,
    "sv": """
        och det är en ett den de till som på för med av inte att där var blev blir har hade kan ska skall
        vill från om vid efter eller men också han hon vi jag man sig sin sitt sina denna detta dessa när
        under mellan mot utan alla varje ingen därefter så då nu här enligt därför
    """,
    "fi": """
        ja on ei se hän he me minä että oli olivat ovat mutta tai kun jos niin kuin myös sen sitä tämä
        tämän nämä ne joka jotka jonka mukaan jälkeen ennen kanssa mukaisesti voi voidaan tulee pitää sekä
        vain vielä nyt sitten kaikki jokainen siellä täällä tänään eilen ole olla
    """,
    "cs": """
        je se na že ve to do pro by byl byla bylo byli jsou není ale jako po podle od za při tak nebo když
        však jeho její jejich který která které kteří tento tato toto tyto mezi před pod nad jsem jsme on
        ona oni my já být může mohou musí dne také už ještě jen potom pak dnes včera
    """,
    "pl": """
        na do się nie jest że to po jak za od przez dla są był była było były ale lub oraz przy tym jego
        jej ich który która które ten ta te tego tej między przed pod nad jako być może mogą musi on ona
        oni my ja także tylko już jeszcze gdy jeśli potem następnie dziś wczoraj według dnia
    """,
    "hu": """
        az és nem is hogy egy ez de volt vagy mint meg csak már még ha ki van lesz voltak vannak szerint
        után előtt között alatt által ezt azt ezek azok ők mi én minden amely amelyek aki akik majd akkor
        most itt ott kell lehet azonban ezért ma tegnap
    """,
    "ro": """
        și în la cu este pe nu un care din pentru că se sunt fi au al ale lui ei sau dar prin după ca mai
        acest această aceste acestea fost era erau între sub fără când unde orice fiecare trebuie poate
        pot potrivit conform el ea noi eu apoi astfel
    """,
    "hr": """
        je na se da su za od ne koji koja koje nije bio bila bilo bili kao po ili iz do te ali što prema
        nakon prije između pod nad ovaj ova ovo taj ta to on ona oni mi ja može mogu mora također samo još
        kad ako zatim danas jučer
    """,
    "sl": """
        in je na se da so za od ne ki ni bil bila bilo bili kot po ali iz do ter pa kar pri glede med pod
        nad ta to ti on ona oni mi jaz lahko mora morajo tudi samo še ko če nato danes včeraj
    """,
    "sk": """
        je sa na že vo to do pre by bol bola bolo boli sú nie ale ako po podľa od za pri tak alebo keď
        však jeho jej ich ktorý ktorá ktoré ktorí tento táto toto tieto medzi pred pod nad som sme on ona
        oni my ja byť môže môžu musí dňa tiež už ešte len potom dnes včera
    """,
    "tr": """
        ve bir bu da de için ile olarak ne çok daha gibi kadar sonra önce göre olan olduğu her en ama veya
        ya değil var yok ise ki şu onun onlar biz ben tüm bütün bugün dün burada orada
    """,
}

_SENTENCE_OPENERS = """
    the a an this that these those it its he she they his her their we our you your my there here then thus
    however but and or so yet if when while although though because since as after before during in on at by
    for from with without under over between among into through of to not all each every some any many most
    both neither either such what which whose where why how is are was were do does did can could should
    would must has have had also later meanwhile moreover furthermore therefore nevertheless today yesterday
    tomorrow finally first another other others once only perhaps until unless whether nobody nothing
    everyone everybody someone something no now more few several despite instead hence otherwise still soon
    two three four five people once again let one eventually afterwards next subsequently
"""

FUNCTION_WORDS = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}
"""Function words in lower case, by ISO 639 code."""

SENTENCE_OPENERS = FUNCTION_WORDS | {"en": frozenset(_SENTENCE_OPENERS.split())}
"""Words in lower case that are no names if they are capitalised after a period, by ISO 639 code."""
