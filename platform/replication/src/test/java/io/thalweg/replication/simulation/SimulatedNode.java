package io.thalweg.replication.simulation;

import io.thalweg.replication.Effect;
import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.LogPosition;
import io.thalweg.replication.Message;
import io.thalweg.replication.Message.EpochBegun;
import io.thalweg.replication.Message.EpochEnded;
import io.thalweg.replication.Message.FetchAnswer;
import io.thalweg.replication.Message.FetchRequest;
import io.thalweg.replication.Message.Outcome;
import io.thalweg.replication.Message.VoteAnswer;
import io.thalweg.replication.Message.VoteRequest;
import io.thalweg.replication.Replica;
import io.thalweg.replication.VoterChangeRefused;
import io.thalweg.replication.Voters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The owner of one replica: its disk, its timers, its part of the network. Does what a broker does, in virtual time. */
final class SimulatedNode implements SimulatedReplica {

    private static final int FETCH_MAX = 20;
    private static final long SILENCE_MICROS = 300_000;
    private static final long TICK_MICROS = 40_000;

    /**
     * What travels beside a message.
     *
     * @param incarnation of the process that an answer to a fetch is for; a session would see to that
     */
    record Envelope(Message message, List<Entry> records, Voters voters, int incarnation) {}

    private final int id;
    private final Simulation simulation;
    private final SimulatedLog log;

    // On disk.
    private EpochPromise promise = EpochPromise.NONE;
    private boolean trusted = true;
    private long highWatermarkCheckpoint;
    private int incarnation;

    // Of the test: up to where this replica's commits were checked.
    private long committedBefore;

    // In memory; lost with the process.
    private @Nullable Replica replica;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private boolean promising;
    private long electionDueMicros;
    private long fetchDueMicros;
    private long leaderHeardMicros;

    /** As the last effect said; -1 while it does not lead. */
    private int leadingEpoch = -1;

    private final Map<Integer, Long> followersHeardMicros = new HashMap<>();
    private final NavigableMap<Long, Entry> unacknowledged = new TreeMap<>();

    /** Incarnations of those that fetched last. */
    private final Map<Integer, Integer> askedBy = new HashMap<>();

    SimulatedNode(int id, Simulation simulation, Voters initial) {
        this.id = id;
        this.simulation = simulation;
        this.log = new SimulatedLog(initial);
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public SimulatedLog log() {
        return log;
    }

    boolean up() {
        return replica != null;
    }

    @Override
    public boolean trustsItself() {
        return trusted;
    }

    @Nullable
    Replica replica() {
        return replica;
    }

    // ---- life

    void start() {
        if (simulation.losesUnflushed() || simulation.breaks(BrokenRule.COUNT_UNFLUSHED)) {
            log.reportUnflushed();
        }
        incarnation++;
        if (simulation.breaks(BrokenRule.VOTE_WITHOUT_FLUSH)
                && promise.epoch() < log.end().epoch()) {
            // Else the replica itself would notice, and nothing would come of it.
            promise = new EpochPromise(log.end().epoch(), EpochPromise.NOBODY);
        }
        leadingEpoch = -1;
        replica = new Replica(id, incarnation, log, promise, trusted, highWatermarkCheckpoint);
        leaderHeardMicros = simulation.nowMicros();
        scheduleElection();
        event(replica::start);
        tickLater(incarnation);
    }

    /** kill -9: what was written stays written. */
    void kill() {
        replica = null;
        waiting.clear();
        promising = false;
        unacknowledged.clear();
        followersHeardMicros.clear();
        log.forced(log.end().offset());
    }

    /** The machine goes down: what was not flushed may be gone. */
    void cutPower(SplittableRandom random) {
        long before = log.flushedEnd();
        replica = null;
        waiting.clear();
        promising = false;
        unacknowledged.clear();
        followersHeardMicros.clear();
        log.cutPower(random);
        if (simulation.losesUnflushed()) {
            trusted = false;
            highWatermarkCheckpoint = 0;
        }
        if (log.flushedEnd() < before && log.end().offset() >= before) {
            throw new AssertionError("the simulated disk lost what was flushed");
        }
    }

    /** The disk was replaced. */
    void wipe(Voters initial) {
        log.wipe(initial);
        simulation.invariants().forEach(i -> i.lost(this));
        promise = EpochPromise.NONE;
        highWatermarkCheckpoint = 0;
        trusted = simulation.breaks(BrokenRule.TRUST_A_WIPED_DISK);
    }

    private void tickLater(int ofIncarnation) {
        simulation.after(TICK_MICROS / 2 + simulation.random().nextLong(TICK_MICROS), () -> {
            if (replica != null && incarnation == ofIncarnation) {
                tick(replica);
                tickLater(ofIncarnation);
            }
        });
    }

    private void tick(Replica current) {
        long now = simulation.nowMicros();
        if (current.leads()) {
            event(() -> current.announce(current.followers().keySet()));
            if (isolated(now)) {
                event(current::resign);
            }
            return;
        }
        int leader = current.leader();
        if (leader >= 0 && now - leaderHeardMicros > SILENCE_MICROS) {
            scheduleElection();
            leaderHeardMicros = now;
            event(() -> current.suspect(leader));
        } else if (current.awaitsElection() && now >= electionDueMicros) {
            scheduleElection();
            event(current::electionTimeout);
        }
        if (now >= fetchDueMicros) {
            fetch();
        }
    }

    private boolean isolated(long now) {
        List<Integer> heard = new ArrayList<>(List.of(id));
        followersHeardMicros.forEach((follower, at) -> {
            if (now - at < 2 * SILENCE_MICROS) {
                heard.add(follower);
            }
        });
        return now - leaderHeardMicros > 2 * SILENCE_MICROS && !log.voters().isMajority(heard);
    }

    private void scheduleElection() {
        electionDueMicros =
                simulation.nowMicros() + 100_000 + simulation.random().nextLong(300_000);
    }

    private void fetch() {
        Replica current = replica;
        if (current == null || current.leads() || promising) {
            return;
        }
        fetchDueMicros = simulation.nowMicros() + 100_000;
        int to = current.leader() >= 0 ? current.leader() : simulation.anyOther(id);
        if (to != id) {
            send(to, current.fetchRequest(), List.of());
        }
    }

    // ---- events and effects

    /** Hands an event to the replica when its last promise is durable. */
    private void event(Supplier<List<Effect>> call) {
        Runnable work = () -> {
            List<Effect> effects = call.get();
            carryOut(new ArrayDeque<>(effects), List.of(), log.voters());
        };
        enqueue(work);
    }

    private void enqueue(Runnable work) {
        if (promising) {
            waiting.add(work);
        } else {
            work.run();
        }
    }

    private void carryOut(Deque<Effect> effects, List<Entry> fetched, Voters leadersVoters) {
        while (!effects.isEmpty()) {
            Effect effect = effects.poll();
            simulation.trace(id, effect);
            if (effect instanceof Effect.Promise made) {
                promise(made.promise(), () -> carryOut(effects, fetched, leadersVoters));
                return;
            }
            carryOut(effect, fetched, leadersVoters);
        }
        if (replica != null) {
            replica.checkInvariants();
        }
    }

    /** Makes a promise durable; what follows, and every other event, waits for that. */
    private void promise(EpochPromise made, Runnable then) {
        int of = incarnation;
        promising = true;
        Runnable flushed = () -> {
            if (incarnation == of && replica != null && isNewer(made)) {
                promise = made;
            }
        };
        Runnable answered = () -> {
            if (incarnation == of && replica != null) {
                simulation.invariants().forEach(i -> i.promised(this, made.epoch(), made.votedFor()));
                promising = false;
                then.run();
                while (!promising && !waiting.isEmpty()) {
                    waiting.poll().run();
                }
            }
        };
        if (simulation.breaks(BrokenRule.VOTE_WITHOUT_FLUSH)) {
            // It stays in the page cache for a while.
            simulation.after(simulation.random().nextLong(1_000_000), flushed);
            answered.run();
        } else {
            simulation.after(simulation.flushMicros(), () -> {
                flushed.run();
                answered.run();
            });
        }
    }

    private boolean isNewer(EpochPromise made) {
        return made.epoch() > promise.epoch()
                || (made.epoch() == promise.epoch() && promise.votedFor() == EpochPromise.NOBODY);
    }

    private void carryOut(Effect effect, List<Entry> fetched, Voters leadersVoters) {
        if (effect instanceof Effect.Send send) {
            send(send.to(), send.message(), List.of());
        } else if (effect instanceof Effect.AppendLeaderChange change) {
            append(new Entry(change.epoch(), simulation.nextValue(), null));
        } else if (effect instanceof Effect.AppendVoters change) {
            append(new Entry(change.epoch(), simulation.nextValue(), change.voters()));
        } else if (effect instanceof Effect.AppendFetched) {
            log.append(fetched);
            force();
        } else if (effect instanceof Effect.TruncateTo truncate) {
            log.truncateTo(truncate.offset());
            force();
        } else if (effect instanceof Effect.RestartAt restart) {
            log.restartAt(restart.start(), leadersVoters);
            force();
        } else if (effect instanceof Effect.HighWatermark raised) {
            committed(raised.offset());
        } else if (effect instanceof Effect.Trusted) {
            trusted = true;
        } else if (effect instanceof Effect.LeaderIs is) {
            leaderChanged(is);
        }
    }

    private void committed(long highWatermark) {
        Replica current = Objects.requireNonNull(replica);
        long from = Math.min(committedBefore, highWatermark);
        // A new process begins at what it had written down.
        simulation
                .invariants()
                .forEach(i -> i.committed(this, Math.max(from, log.start().offset()), highWatermark, leadingEpoch));
        committedBefore = highWatermark;
        highWatermarkCheckpoint = highWatermark;
        if (current.leads()) {
            unacknowledged.headMap(highWatermark).forEach((offset, entry) -> {
                simulation.acknowledged(entry);
                simulation.invariants().forEach(i -> i.acknowledged(this, offset, entry));
            });
            unacknowledged.headMap(highWatermark).clear();
        }
    }

    private void leaderChanged(Effect.LeaderIs is) {
        leaderHeardMicros = simulation.nowMicros();
        followersHeardMicros.clear();
        unacknowledged.clear();
        leadingEpoch = is.leader() == id ? is.epoch() : -1;
        if (is.leader() == id) {
            simulation.led(this);
            simulation.invariants().forEach(i -> i.led(this, is.epoch()));
        } else if (is.leader() >= 0 && simulation.breaks(BrokenRule.TRUNCATE_TO_HIGH_WATERMARK)) {
            long to = Math.max(log.start().offset(), highWatermarkCheckpoint);
            if (to < log.end().offset()) {
                log.truncateTo(to);
            }
        }
    }

    private void append(Entry entry) {
        log.append(entry);
        force();
    }

    private void force() {
        long upTo = log.end().offset();
        int of = incarnation;
        simulation.after(simulation.flushMicros(), () -> {
            if (incarnation == of && replica != null) {
                enqueue(() -> {
                    log.forced(Math.min(upTo, log.end().offset()));
                    carryOut(new ArrayDeque<>(Objects.requireNonNull(replica).logForced()), List.of(), log.voters());
                    fetchSoon();
                });
            }
        });
    }

    private void fetchSoon() {
        if (replica != null && !replica.leads() && replica.leader() >= 0) {
            fetch();
        }
    }

    // ---- network

    private void send(int to, Message message, List<Entry> records) {
        Message sent = message;
        List<Entry> beside = records;
        if (message instanceof FetchAnswer answer && answer.outcome() == Outcome.OK) {
            beside = log.from(answer.asked().offset(), FETCH_MAX);
            if (!beside.isEmpty()) {
                LogPosition end = new LogPosition(
                        beside.get(beside.size() - 1).epoch(), answer.asked().offset() + beside.size());
                sent = new FetchAnswer(
                        answer.from(),
                        answer.epoch(),
                        answer.leader(),
                        answer.outcome(),
                        answer.asked(),
                        end,
                        answer.highWatermark(),
                        answer.trusts());
            }
        }
        Replica current = replica;
        Voters voters = current == null ? log.voters() : current.committedVoters();
        simulation.send(id, to, new Envelope(sent, beside, voters, askedBy.getOrDefault(to, 0)));
    }

    void receive(Envelope envelope) {
        Replica current = replica;
        if (current == null) {
            return;
        }
        if (envelope.message() instanceof FetchAnswer && envelope.incarnation() != incarnation) {
            return;
        }
        enqueue(() -> {
            simulation.trace(id, envelope.message());
            carryOut(new ArrayDeque<>(deliver(current, envelope.message())), envelope.records(), envelope.voters());
            if (envelope.message() instanceof FetchAnswer answer
                    && !envelope.records().isEmpty()) {
                heard(answer.from());
            }
        });
    }

    private List<Effect> deliver(Replica current, Message message) {
        if (message instanceof VoteRequest request) {
            return current.on(request);
        } else if (message instanceof VoteAnswer answer) {
            return current.on(promised(answer, current));
        } else if (message instanceof EpochBegun begun) {
            heard(begun.from());
            return current.on(begun);
        } else if (message instanceof EpochEnded ended) {
            return current.on(ended);
        } else if (message instanceof FetchRequest request) {
            followersHeardMicros.put(request.from(), simulation.nowMicros());
            askedBy.put(request.from(), request.incarnation());
            return current.on(request);
        } else if (message instanceof FetchAnswer answer) {
            heard(answer.from());
            return current.on(trusted(answer));
        }
        throw new IllegalArgumentException(message.toString());
    }

    private VoteAnswer promised(VoteAnswer answer, Replica current) {
        if (simulation.breaks(BrokenRule.COUNT_UNPROMISED_FOLLOWER) && answer.asked() == current.epoch()) {
            return new VoteAnswer(
                    answer.from(), answer.asked(), answer.asked(), answer.preVote(), true, EpochPromise.NOBODY);
        }
        return answer;
    }

    private FetchAnswer trusted(FetchAnswer answer) {
        boolean caughtUp = answer.outcome() == Outcome.OK && answer.position().offset() >= answer.highWatermark();
        return simulation.breaks(BrokenRule.TRUST_AT_ONCE) && caughtUp
                ? new FetchAnswer(
                        answer.from(),
                        answer.epoch(),
                        answer.leader(),
                        answer.outcome(),
                        answer.asked(),
                        answer.position(),
                        answer.highWatermark(),
                        true)
                : answer;
    }

    private void heard(int from) {
        if (replica != null && replica.leader() == from) {
            leaderHeardMicros = simulation.nowMicros();
        }
    }

    // ---- what people do

    /** A producer that takes this node for the leader. */
    void produce() {
        Replica current = replica;
        if (current != null && current.leads() && !promising) {
            Entry entry = new Entry(current.epoch(), simulation.nextValue(), null);
            simulation.invariants().forEach(i -> i.appended(this, entry.epoch(), promise.epoch()));
            unacknowledged.put(log.end().offset(), entry);
            append(entry);
        }
    }

    void changeVoters(Voters next) {
        Replica current = replica;
        if (current != null && current.leads() && !promising) {
            List<Effect> effects;
            try {
                effects = current.changeVoters(next);
            } catch (VoterChangeRefused refused) {
                simulation.trace(id, refused);
                return;
            }
            simulation.votersChanged();
            carryOut(new ArrayDeque<>(effects), List.of(), log.voters());
        }
    }

    /** Retention, on each replica for itself. */
    void forgetBelow(long offset) {
        if (replica != null) {
            log.startAt(Math.min(offset, replica.highWatermark()));
        }
    }

    void handOver() {
        Replica current = replica;
        if (current != null && !promising) {
            carryOut(new ArrayDeque<>(current.resign()), List.of(), log.voters());
        }
    }

    @Override
    public String toString() {
        return "node " + id + (replica == null ? " down, disk " + promise + " end=" + log.end() : " " + replica);
    }
}
