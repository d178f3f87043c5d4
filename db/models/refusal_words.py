"""The words of refusals in English and Russian, each with the part that it plays in one.

db.models.refusal has the grammar. A word has one part; its letter stands for it there. Words are
written as people type them; ё, й and apostrophes are as in any text.
"""

from __future__ import annotations

NO_REFUSAL = "~"  # stands for phrases that are none, though a word in them is one

# What several words are read as. The longest phrase counts.
MERGED = {
    "dont want": "rather not|prefer not to|prefer not|dont wanna|do not wanna",
    "want": "would like|id like|would love|wanna",
    "dont": "dont you ever|dont you dare|do not|not to|dont ever|never ever|no longer"
    "|pls dont|you must not|do no|dnt|ни",
    "ненадо": "не надо|не нужно|не нужны|не нужна|не нужен|ненужно|не стоит|незачем|не смейте"
    "|не смей|не вздумайте|не вздумай|no need to|нет необходимости|не треба",
    "anymore": "any more|any longer|at all|right now|ever again|for good|for ever",
    "optout": "i opt out|opt out|opt me out|opting out|opted out|opt us out",
    "stopall": "stop all",
    "unsubscribe": "i unsubscribe|un subscribe|un sub",
    "отпишитесь": "отпишите мне|отпиши мне|отписать мне",  # write back
    "nomore": "no more",
    "list": "mailing list|mailing lists|contact list",
    "базы": "базы данных|базу данных|базе данных|баз данных",
    "tome": "to me|to us|ко мне|со мной|me up",
    "tothis": "to this",
    "thanks": "thank you|much appreciated|с наилучшими",
    "please": "ask you to|be so kind as to|будьте добры|будь добр|будьте любезны|если можно"
    "|если не сложно|i said|i told you|я сказал|я сказала|я же сказал|убедительно прошу"
    "|большая просьба|огромная просьба",
    "canyou": "can you|could you|would you|will you|can u|could u|не могли бы"
    "|могли бы|не можете ли|не могли ли",
    "hello": "good morning|good afternoon|good evening|good day|good night|to whom it may concern"
    "|добрый день|добрый вечер|доброе утро|доброго дня|доброго вечера|доброго времени суток"
    "|доброго времени|день добрый|вечер добрый|утро доброе|доброй ночи|dobryi den|dobry den",
    "regards": "best regards|kind regards|с уважением|всего доброго|всего хорошего|всех благ",
    "нахуй": "на хуй|на хер|на фиг|the fuck|the hell",
    "отвали": "|".join(
        f"{go} {where}"
        for go in ("иди", "идите", "пошли", "пошел", "пошла", "валите", "вали")
        for where in ("нахуй", "на хуй", "нахер", "на хер", "нафиг", "нах", "лесом", "в жопу")
    )
    + "|иди к черту|идите к черту|пошли вон|пошел вон",
    "nothanks": "no thanks|no thank you|no thx|нет спасибо|спасибо нет|нет благодарю",
    "неинтересно": "не интересно|неинтересует|не интересует|не интересуюсь|не интересна",
    "неактуально": "не актуально|уже не актуально",
    NO_REFUSAL: "стоп кадр|стоп лист|стоп слово|стоп сигнал|стоп линия|стоп лосс|стоп моушен"
    "|нон стоп|non stop|bus stop|full stop|pit stop|tab stop|truck stop|stop sign|stop motion"
    "|stop loss|stop list|one stop|last stop|first stop|next stop|stop light|stop watch|stop press",
}

WORDS = {
    "": """
        please pls plz plss plse ples thanks thx ty tnx cheers sorry kindly just really so and
        already im a oh ok okay well yo um hmm omg but guys sir sirs madam maam folks dude man bro
        fucking fuckin fckn fking freaking bloody damn goddamn bastards assholes asshole bitch
        bitches idiots morons scammers spammers canyou immediately asap urgently honestly
        пожалуйста пожалуста пожалуйсто пжлст пжл пж плиз плз прошу просьба очень спасибо спс
        благодарю заранее извините простите извини сорри ок окей ладно да ну вот и а но уже просто
        же то ж бы ка я мы вы ты господа товарищи девушка ребята друзья молодой человек можно можете
        можешь немедленно срочно наконец реально блядь блять бля сука суки нахуй нахрен
        нафиг нах нахер блин черт твари уроды козлы идиоты мудаки дебилы пидоры мошенники лохотрон
        hello hi hey hiya dear greetings здравствуйте здравствуй здрасьте привет приветствую ку
        уважаемые уважаемый уважаемая regards sincerely
    """,
    "s": """
        stop stopall unsubscribe unsub unsubscr unsubs optout стоп отписка отписаться
        отпишите отпиши отписать отказ отказаться ctop стор
        stopp arret arreter arretez basta alto parar pare baja abmelden desabonner desinscrire
        desinscription відписатися відписка відпишіть баста
    """,
    "q": "quit cancel end revoke",
    "h": """
        cease enough nomore refuse отказываюсь отказываемся хватит прекратите прекрати прекратить
        прекращайте
        перестаньте перестань перестать кончайте кончай заканчивайте завязывайте завязывай харе харэ
        остановите остановить отключите отключи отключить отмените отменить
    """,
    "H": "ненадо достаточно довольно",
    "n": "dont never не",
    "v": """
        write send pester harass пишите пиши пишыте присылайте присылай шлите шли отправляйте
        отправляй посылайте посылай беспокойте беспокой тревожьте тревожь спамьте спамь надоедайте
        надоедай рассылайте рассылай докучайте донимайте пишіть надсилайте
    """,
    "b": "message msg text sms spam email mail dm",
    "x": "contact",
    "B": "bother disturb annoy bug доставайте доставай трогайте трогай",
    "i": """
        писать присылать слать отправлять посылать беспокоить тревожить спамить надоедать рассылать
        докучать доставать связываться обращаться прислать написать отправить
    """,
    "g": """
        writing messaging msging texting sending spamming contacting contacted messaged texted
        emailing mailing bothering disturbing pestering harassing annoying
    """,
    "c": "call ring звоните звони звонить",
    "o": "me us мне нам меня нас tome",
    "y": "you u ya yourself вас вами вам тебя тобой",
    "a": """
        more anymore again ever now here forever always больше никогда впредь вообще совсем
        снова опять сюда навсегда далее дальше отсюда
    """,
    "d": """
        your ur these this those that such any all my the our эти этих этот эту ваши ваш ваша вашу
        ваших вашей вашего вашими твои твоих свои своих свою своей такие таких всякие любые любых
        всю все всех мой мою моего моей моих наш наши наших каждый рекламные рекламных рекламную
        ебаные ебаную ебаный сраные stupid unwanted marketing promotional further
    """,
    "t": "anything things stuff ничего всего nothing everything",
    "j": "it это этого tothis",
    "m": """
        messages texts msgs emails mails newsletter newsletters notifications crap shit junk
        bullshit сообщения сообщений сообщение смс рассылка рассылку рассылки рассылок рассылке спам
        спама спамом письма письмо писем уведомления уведомлений фигню хуйню херню хрень дерьмо
    """,
    "O": """
        ads ad adverts advertising advertisement advertisements promo promos promotion promotions
        offers updates deals рекламу рекламы реклама рекламой предложения предложений акции
    """,
    "k": "number numbers phone name data details info номер номера телефон телефона данные контакт"
    " контакты",
    "r": "remove delete erase exclude unlist unregister lose forget removed deleted удалите удали "
    "удалить исключите исключи исключить вычеркните вычеркни выпишите сотрите забудьте",
    "R": "уберите убери убрать",
    "T": "take",
    "F": "off out",
    "p": "to from of on in for with at через из от с со на в во по к ко про about",
    "l": """
        list lists database databases db base contacts group system records базы базу
        базе списка списков списки список контактов отовсюду everywhere
    """,
    "w": "want wish need like хочу хотим желаю хотел хотела хотелось нуждаюсь consent",
    "e": "receive receiving hear hearing получать получить слышать принимать",
    "E": "get getting see seeing be being read видеть читать",
    "I": "i we",
    "S": "subscription membership подписка подписку подписки",
}

# Clauses that are refusals as they stand, once the words of the part "" are taken away.
IDIOMS = """
leave me alone|leave us alone|go away|get lost|piss off|bugger off|fuck off|lose me
прекратите|прекрати|прекращайте|прекратите это
отстаньте|отстань|отстаньте от меня|отстань от меня|отвалите|отвали|отвалите от меня|отвяжитесь
отвяжись|отвянь|отъебись|отъебитесь|отьебись|отьебитесь|отцепитесь|идите лесом|отвали от меня
оставьте меня в покое|оставь меня в покое|оставьте в покое|нет рассылкам|нет рассылке|нет спаму
no spam|no messages|no ads
я не хочу чтобы вы мне писали|не хочу чтобы мне писали|не хочу чтобы мне присылали
i revoke my consent|i withdraw my consent|отзываю согласие|отзываю свое согласие
никаких сообщений|никаких рассылок|никакой рекламы|никакого спама
"""

# Clauses that decline, complain or threaten: an offer may be meant, or all messages. The objects,
# adverbs and determiners in them make no difference.
SOFT = """
not interested|no interest|uninterested|nothanks|nope nothanks|not relevant|not for me
wrong number|wrong person|you have the wrong number|you have the wrong person|no need|not needed
fuck you|shut up|i am not interested|i m not interested|not interested in|i will block you
not interested in your offers|blocked
reported|i will report you|reported as spam|blocking you|i am blocking you|stp
remove|delete|удалите|удали|удалить
неинтересно|неактуально|нет необходимости|не требуется
не подходит|надоели|надоело|достали|задолбали|заебали|заколебали|отмена|отменить|отмените|стп
не туда попали|ошиблись|ошиблись номером|вы ошиблись|номер не тот|не тот номер|это не мой номер
вас заблокирую|заблокирую|заблокировал|заблокировала|в чс|в бан|бан|в черный список
буду жаловаться|пожалуюсь|затрахали|замучили
"""

# Clauses that change nothing about the refusal beside them.
COMPANY = """
no|yes|nope|yep|нет|не|неа|who are you|who is this|whos this|who r you|who the hell are you
who is it|what is this|whats this|what the hell|what the fuck|wtf|how did you get my number
where did you get my number|how do you have my number|i dont know you|do i know you
this is spam|its spam|it is spam|spam|i never signed up|i did not sign up|i didnt sign up
кто вы|вы кто|ты кто|кто ты|кто это|кто вы такие|кто ты такой|что это|что за|а вы кто|это кто
откуда у вас мой номер|откуда мой номер|откуда у вас мой телефон|где взяли мой номер|не знаю вас
где вы взяли мой номер|откуда у тебя мой номер|вас не знаю|я вас не знаю|спам
это спам|какого черта|я не подписывался|я не подписывалась|не подписывался|не подписывалась
"""
GREETINGS = """
hello hi hey hiya dear greetings здравствуйте здравствуй здрасьте привет приветствую ку уважаемые
уважаемый уважаемая
"""
SIGN_OFFS = "regards sincerely cheers thanks спасибо благодарю"
REQUESTS = "canyou please pls plz можно можете можешь прошу пожалуйста плиз"

# The stems of words that are about refusing, whatever their ending.
STEMS = ("unsubscrib", "отпис", "отпиш", "рассылк", "spam", "спам", "отстан")
MISTYPED = ("stop", "стоп", "unsub", "optout", "отпис", "отпиш")  # stems, looked for in typos
SIGNS = frozenset("🛑⛔🚫")
SIGNS_ALONE = frozenset("✋🤚🖐🙅🖕❌✖🔕🔇📵🤐👋🙉")  # when they are all that is said

NAMES = """
анна аня анечка ольга оля елена лена наталья наташа татьяна таня ирина ира мария маша екатерина
катя светлана света юлия юля анастасия настя дарья даша ксения ксюша виктория вика алина полина
людмила люда галина галя надежда надя любовь люба вера марина оксана лариса валентина валя
александра саша елизавета лиза софия соня алиса евгения женя яна кристина диана вероника инна
александр алексей леша дмитрий дима сергей сережа андрей иван ваня михаил миша максим артем
николай коля владимир вова павел паша роман рома денис игорь олег антон кирилл никита илья егор
евгений юрий юра виталий виктор витя константин костя вадим станислав стас борис петр тимур
john james robert michael david william richard thomas charles daniel matthew mark paul steven
andrew kevin brian george peter mike tom jim bob alex max sam ben nick chris mary jennifer linda
elizabeth susan jessica sarah karen lisa nancy sandra ashley emily kate anna maria olga elena
laura julia emma sophia olivia rachel boris ivan natasha irina svetlana dmitry sergey
"""
PATRONYMICS = ("овна", "евна", "ична", "ович", "евич")
