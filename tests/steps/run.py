"""Stories without a fault, then with one, several lanes at a time; what differs is lost, doubled or hung."""
import collections
import concurrent.futures
import dataclasses
import queue
import random
import time

from tests.rig import rig as r
from tests.rig.gatewayd import BUILD
from tests.rig.process import PATIENCE
from tests.steps.lane import Fault, Lane, users
from tests.steps.stories import ACCOUNTS

# Tells of a new mail at once, not half a second later (idle.c).
PROMPT = f"import_environment = TZ LD_PRELOAD={BUILD.resolve() / 'tests/steps/idle.so'}"
OLD_CAPABILITY = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID LITERAL+ UIDPLUS AUTH=PLAIN"
LIMIT_S = 10        # an act, on an idle machine
SLOW_S = 15         # a point that took longer is printed
STOP_S = 10         # beside what the machine takes
QUIET_S = 60
ENDED = "event=role."    # it hung, crashed or was given up
PRINTED, PROGRESS = 10, 100


class Different(Exception):
    """What became of a point: the word is lost, doubled or hung."""

    def __init__(self, word, why):
        super().__init__(why)
        self.word = word


@dataclasses.dataclass
class Sums:
    name: str
    tried: int = 0
    missed: int = 0     # the operation did not come
    lost: int = 0
    doubled: int = 0
    hung: int = 0
    again: int = 0      # the same Message-ID twice, named in the log
    seconds: float = 0
    stop_s: float = 0   # the longest stop

    def add(self, over):
        self.tried += over.met > 0
        self.missed += over.met == 0
        self.again += over.again
        self.stop_s = max(self.stop_s, over.stop_s)
        if over.word:
            setattr(self, over.word, getattr(self, over.word) + 1)


@dataclasses.dataclass
class Over:
    """A point that is over; word: lost, doubled or hung, "" where it ended as it should."""
    fault: Fault
    met: int = 0
    again: int = 0
    stop_s: float = 0
    seconds: float = 0
    word: str = ""
    why: str = ""
    log: str = ""


class Kept:
    """Points that are over, a line each in a file, so that a run goes on where it was ended (without a file: none)."""

    def __init__(self, path=None):
        self.path, self.over = path, collections.defaultdict(dict)
        for line in path.read_text(encoding="utf-8").splitlines() if path and path.exists() else ():
            story, role, op, way, n, met, again, stop_s, seconds, word = line.split("\t")
            fault = Fault(role, op, way, int(n))
            self.over[story][fault] = Over(fault, int(met), int(again), float(stop_s), float(seconds), word)

    def add(self, story, over):
        if self.path:
            with open(self.path, "a", encoding="utf-8") as f:
                print(story, *over.fault, over.met, over.again, f"{over.stop_s:.1f}", f"{over.seconds:.1f}", over.word, sep="\t", file=f)


class Truth:
    """How a story ends without a fault."""

    def __init__(self):
        self.looks, self.store, self.counts, self.stop_s = [], None, {}, 0


def compare(want, got):
    for table in want:
        lost, more = want[table] - got[table], got[table] - want[table]
        if lost or more:
            gone = sum(lost.values()) > sum(more.values())
            raise Different("lost" if gone else "doubled", f"{table}: lost {list(lost)}, more {list(more)}")


def compare_looks(want, got):
    want, got = collections.Counter(want), collections.Counter(got or [])
    if got - want:
        raise Different("doubled", f"mailboxes have more: {got - want}, lost {want - got}")
    raise Different("hung", f"mailboxes still lack {want - got}")


class Run:
    def __init__(self, lanes):
        self.rig = r.Rig(users=(*r.USERS, *users(lanes)), dovecot_extra=PROMPT)
        self.count = lanes

    def __enter__(self):
        self.rig.__enter__()
        self.old = self.rig.add_dovecot("old", self.rig.users, extra=f"imap_capability = {OLD_CAPABILITY}")
        self.lanes = [Lane(self.rig, k) for k in range(self.count)]
        return self

    def __exit__(self, *exception):
        self.rig.__exit__(*exception)

    # one story

    def prepare(self, lane, story):
        lane.settings(story.boxes, self.old if story.old else None, story.change)
        lane.prepare(ACCOUNTS, story.begin)

    def truth(self, lane, story, times):
        """Twice the same, else it says nothing (once is enough for a sample)."""
        found = [self.tell(lane, story) for _ in range(times)]
        compare(found[0].store, found[-1].store)
        if found[0].looks != found[-1].looks:
            compare_looks(found[0].looks[-1], found[-1].looks[-1])
        return found[-1]

    def tell(self, lane, story):
        truth = Truth()
        lane.put_back(lane.begin)
        lane.settings(story.boxes, self.old if story.old else None, story.change)
        lane.arm(None)
        for n, act in enumerate(story.acts):
            act(lane)
            if n == 0:
                lane.start()
            truth.looks.append(self.quiet(lane))
        truth.stop_s = lane.stop()
        if ENDED in lane.daemon.log_text():
            raise Different("hung", f"without a fault: {lane.daemon.tail()}")
        truth.store, truth.counts = lane.store(), lane.counts()
        assert truth.counts["core", "commit"] > 3, truth.counts     # that a mail is kept, decided and sent, beside the beginning
        return truth

    def quiet(self, lane):
        """What the mailboxes have when nothing changes any more."""
        before, since = None, 0
        ends = time.monotonic() + QUIET_S * PATIENCE
        while time.monotonic() < ends:
            look, _ = lane.look()
            if look is None or look != before or any(folder == "INBOX" and name in ("support", "emerging") for name, folder, _ in look):
                before, since = look, time.monotonic()
            elif time.monotonic() - since > 0.75 and lane.settle(5) and lane.look()[0] == look:
                return look
            time.sleep(0.05)
        raise Different("hung", f"without a fault: {before}\n{lane.daemon.tail()}")

    # one point

    def point(self, lane, story, truth, over):
        lane.put_back(lane.begin)
        lane.settings(story.boxes, self.old if story.old else None, story.change)
        lane.arm(over.fault)
        for n, act in enumerate(story.acts):
            act(lane)
            if n == 0:
                lane.start()
            if not lane.wait_look(truth.looks[n], LIMIT_S):
                compare_looks(truth.looks[n], lane.look()[0])
        if not lane.settle(LIMIT_S):
            raise Different("hung", "it does not come to an end")
        over.stop_s = lane.stop()
        self.judge(lane, truth, over)

    def judge(self, lane, truth, over):
        look, again = lane.look()
        if look != truth.looks[-1]:
            compare_looks(truth.looks[-1], look)
        compare(truth.store, lane.store())
        over.again = len(again)
        if over.stop_s > STOP_S + PATIENCE * truth.stop_s:
            raise Different("hung", f"{over.stop_s:.0f} s to end")
        if len(again) > lane.named() or len(again) > len(set(again)):
            raise Different("doubled", f"the same Message-ID twice, {len(again)} of them: {again}, {lane.named()} in the log")

    def try_point(self, free, story, truth, fault):
        lane, over, began = free.get(), Over(fault), time.monotonic()
        try:
            if lane.story is not story:
                self.prepare(lane, story)
                lane.story = story
            self.point(lane, story, truth, over)
        except Different as e:
            over.word, over.why = e.word, str(e)
        except Exception as e:      # a wait that was too long, a daemon that did not start
            over.word, over.why = "hung", f"{type(e).__name__}: {e}"
        over.met, over.seconds = lane.ops.met, time.monotonic() - began
        if over.word or over.seconds > SLOW_S:
            over.log = lane.daemon.log_text()[-3000:]
        if lane.daemon.process:
            lane.daemon.stop()
        free.put(lane)
        return over

    def story(self, story, every, sample=0, only=None, share=(1, 1), kept=None):
        """share: (2, 3) is the second third of its points; kept: those that an earlier run had, and where those of this are added."""
        began, sums, kept = time.monotonic(), Sums(story.name), kept or Kept()
        first = self.lanes[0]
        self.prepare(first, story)
        truth = self.truth(first, story, 1 if sample else 2)
        faults = [Fault(*only[:3], int(only[3]))] if only else list(points(truth.counts, every))[share[0] - 1::share[1]]
        if sample and not only:
            faults = faults[::max(1, len(faults) // sample)][:sample]
        random.Random(len(faults)).shuffle(faults)      # what is over at any time is some of all
        before = kept.over.get(story.name, {})
        print(f"# {story.name}: {sum(truth.counts.values())} operations, {len(faults)} points, {len(before)} of before:",
              ", ".join(f"{role} {op} {n}" for (role, op), n in truth.counts.items() if n), flush=True)
        for over in before.values():
            sums.add(over)
        for over in self.try_points(story, truth, [f for f in faults if f not in before]):
            sums.add(over)
            kept.add(story.name, over)
            say(story, sums, over, len(faults))
        sums.seconds = time.monotonic() - began
        print(f"# {story.name}: {sums}", flush=True)
        return sums

    def try_points(self, story, truth, faults):
        """What became of each, as they end."""
        free = queue.SimpleQueue()
        for lane in self.lanes:
            lane.story = story if lane is self.lanes[0] else None
            free.put(lane)
        with concurrent.futures.ThreadPoolExecutor(self.count) as pool:
            yield from pool.map(lambda f: self.try_point(free, story, truth, f), faults)


def say(story, sums, over, count):
    if (sums.tried + sums.missed) % PROGRESS == 0:
        print(f"# {count} points: {sums}", flush=True)
    if over.log:
        print(f"# {story.name}: {' '.join(map(str, over.fault))}: {over.word or 'slow'}, {over.seconds:.0f} s: {over.why}", flush=True)
        if sums.lost + sums.doubled + sums.hung <= PRINTED:
            print("#   | " + over.log.rstrip().replace("\n", "\n#   | "), flush=True)


def points(counts, every):
    """Each mode begins elsewhere, so that a few points of all are different ones."""
    for k, ((role, op), last) in enumerate(sorted(counts.items())):
        for w, way in enumerate(("crash", "error")):
            for n in range(1 + (7 * k + 3 * w) % every, last + 1, every):
                yield Fault(role, op, way, n)


def table(sums):
    heads = ("story", "points", "missed", "lost", "doubled", "hung", "again", "stop s", "s/point")
    print(("{:16}" + "{:>9}" * (len(heads) - 1)).format(*heads))
    for s in sums:
        each = s.seconds / max(1, s.tried + s.missed)
        print(f"{s.name:16}{s.tried:9}{s.missed:9}{s.lost:9}{s.doubled:9}{s.hung:9}{s.again:9}{s.stop_s:9.1f}{each:9.2f}")
