"""PURE. What of a typed sentence is worth looking for: its words, without accents and without those that say nothing.

Dropping accents alone would let "nao" (a stop word only as "não") match every article; hence a list of our own
beside the stemmers'.
"""

from __future__ import annotations

import re
import unicodedata

MOST_WORDS, LONGEST_TEXT = 20, 2_000
SHORTEST = 2
SAY_NOTHING = """
nao sim como esta estao estou quando onde porque por para pra com sem que qual quais meu minha meus minhas seu sua
um uma uns umas de do da dos das em no na nos nas ao aos os as se eu ele ela voce voces consigo consegue quero
preciso pode posso fica fazer ser ter tem foi era mais muito ja ainda aqui isso este essa esse tudo oi ola bom dia
boa tarde favor obrigado obrigada ajuda ajudem problema duvida
the an and or not no is are was were be been do does did can cannot could would will shall should have has had it
its in on at of to for from with without by my your our we you he she they them this that these those there here
what when where which who why how please help hello hi thanks thank need want get got problem question doesn don isn
el la los las un una unos unas y no si como esta estan cuando donde por para con sin que cual mi mis su sus se yo
usted puedo puede quiero necesito hola gracias ayuda problema del al en lo le les muy mas ya
der die das den dem des ein eine einen einem einer und oder nicht kein keine ist sind war wie wo was wann warum wer
mit ohne fur von zu zum zur im in am an auf aus bei ich du er sie es wir ihr mein meine unser unsere kann konnen
bitte hilfe hallo danke problem wird
не и или в во на с со по за к ко у о об от до из как что где когда почему кто мой моя мы вы он она они это этот для
при нет есть можно могу нужно хочу помогите пожалуйста спасибо здравствуйте проблема вопрос
"""  # in Portuguese, English, Spanish, German and Russian
NOTHING_SAID = frozenset(SAY_NOTHING.split())


def words_of(text: str) -> list[str]:
    """The words worth looking for, each once, in order, in small letters."""
    found = re.findall(r"\w+", without_accents(text[:LONGEST_TEXT].casefold()))
    worth = (word for word in found if len(word) >= SHORTEST or word.isdigit())
    return list(dict.fromkeys(word[:60] for word in worth if word not in NOTHING_SAID))[:MOST_WORDS]


def without_accents(text: str) -> str:
    """Marks on Latin letters fall; Cyrillic й is a letter of its own and stays."""
    kept: list[str] = []
    for sign in unicodedata.normalize("NFD", text.replace("\x00", " ")):
        if unicodedata.combining(sign) and kept and kept[-1].isascii():
            continue
        kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept))
