"""The seven emotion labels, in AFEW's order, and the maps from every corpus's own labels.

Labels are always read by name: no two corpora number them alike.
"""

import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np

EMOTIONS: tuple[str, ...] = ("Angry", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")
"""AFEW's seven classes (thesis, section I-B); index 0 to 6 everywhere in the series."""

EMOTIONS_WITHOUT_SURPRISE: tuple[str, ...] = EMOTIONS[:6]
"""The six classes of FACES and CREMA-D."""

FACES_LABELS = {
    "a": "Angry",
    "d": "Disgust",
    "f": "Fear",
    "h": "Happy",
    "n": "Neutral",
    "s": "Sad",
}
"""Fourth field of a FACES file name."""

RAVDESS_LABELS = {
    "01": "Neutral",
    "03": "Happy",
    "04": "Sad",
    "05": "Angry",
    "06": "Fear",
    "07": "Disgust",
    "08": "Surprise",
}
"""Third field of a RAVDESS file name; 02, calm, has no counterpart and is left out."""

FER2013_CSV_LABELS = {
    "0": "Angry",
    "1": "Disgust",
    "2": "Fear",
    "3": "Happy",
    "4": "Sad",
    "5": "Surprise",
    "6": "Neutral",
}
"""Column ``emotion`` of fer2013.csv: Sad, Surprise and Neutral stand elsewhere than in AFEW."""

_SPELLINGS = {
    "Angry": """
        angry anger angered angy ang enojo enojado enojada enfado enfadado enfadada ira rabia
        raiva zangado wut wuetend wutend zorn aerger arger colere rabbia arrabbiato fennu
        shengqi 愤怒 生气
    """,
    "Disgust": """
        disgust disgusted disgusting digust dis asco asqueado disgusto nojo ekel degout degoute
        disgustato yanwu exin 厌恶
    """,
    "Fear": """
        fear fearful fearfull afraid scared fea miedo temor temeroso medo angst peur paura
        spaventato kongju haipa 恐惧 害怕
    """,
    "Happy": """
        happy happiness hapiness hapy happily joy joyful joyous hap feliz felicidad felicidade
        alegria alegre contento contenta freude froh gluecklich glucklich froehlich frohlich
        joie heureux heureuse felice felicita gioia gaoxing kuaile kaixin 高兴 快乐 开心
    """,
    "Neutral": """
        neutral neutrality neutrals nuetral netural neu neutro neutra neutre neutrale zhongxing
        中性
    """,
    "Sad": """
        sad sadness saddened triste tristeza trauer traurig tristesse tristezza beishang nanguo
        shangxin 悲伤 难过 伤心
    """,
    "Surprise": """
        surprise surprised surprising suprise suprised surprize surprized sur sorpresa
        sorprendido sorprendida surpresa surpreso ueberraschung uberraschung ueberrascht
        uberrascht surpris sorpreso jingya chijing 惊讶 吃惊
    """,
}
_EMOTION_OF = {word: name for name, words in _SPELLINGS.items() for word in words.split()}


def emotion_of(word: str) -> str | None:
    """Return the emotion that a word stands for, or None: the one table of spellings.

    Case, accents, numbers and punctuation around the word do not count; a number alone is no word,
    since no two corpora number their classes alike.

    Examples
    --------
    >>> emotion_of("Fearful"), emotion_of("0_alegría"), emotion_of("contempt"), emotion_of("3")
    ('Fear', 'Happy', None, None)
    """
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _EMOTION_OF.get(letters.strip("0123456789_-.,+()[]# \t\r\n"))


def class_indices(names: Iterable[str], classes: Sequence[str] = EMOTIONS) -> np.ndarray:
    """Return the index of each name in ``classes``, shape (n,), int64.

    Raises
    ------
    ValueError
        If a name is not one of ``classes``.
    """
    names = list(names)
    index = {name: position for position, name in enumerate(classes)}
    unknown = sorted({str(name) for name in names if name not in index})
    if unknown:
        raise ValueError(
            f"Unknown class names {unknown}; expected one of {list(classes)}. "
            "Map a corpus's own labels to these names first."
        )
    return np.array([index[name] for name in names], dtype=np.int64)
