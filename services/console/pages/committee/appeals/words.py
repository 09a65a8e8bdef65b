"""Words of the register of appeals: its kinds, its subjects, and what became of them."""

from services.console.frame.texts import later
from services.console.pages.committee.words import Words

WAYS: Words = {
    "written": later("in writing"),
    "oral": later("by word of mouth"),
    "electronic": later("electronically"),
}
KINDS: Words = {
    "proposal": later("proposal"),
    "application": later("application"),
    "complaint": later("complaint"),
}
SUBJECTS: Words = {
    "domestic-violence": later("the family: somebody may be in danger"),
    "child": later("a child"),
    "early-marriage": later("early marriage"),
    "alimony": later("alimony"),
    "housing": later("housing"),
    "documents": later("a passport or other documents"),
    "material-aid": later("material aid"),
    "alcohol": later("alcohol"),
    "neighbours": later("neighbours"),
    "work-of-a-body": later("how a body works"),
    "other": later("something else"),
}
SEXES: Words = {
    "female": later("a woman or a girl"),
    "male": later("a man or a boy"),
    "unknown": later("not known"),
}
ANSWERS: Words = {
    "granted": later("granted"),
    "explained": later("explained"),
    "refused": later("refused"),
    "forwarded": later("forwarded to the body that it is for"),
}
STATES: Words = {
    "open": later("without an answer"),
    "incident": later("opened as an incident"),
    "answered": later("answered"),
}
PROGRESS: Words = {
    "awaiting-consent": later("waits for a consent"),
    "received": later("received: we look for who can help"),
    "accepted": later("somebody has accepted"),
    "exhausted": later("nobody was found; a coordinator looks for a way"),
    "completed": later("completed"),
    "ended": later("ended"),
    "unmet": later("closed: nobody could help"),
}
