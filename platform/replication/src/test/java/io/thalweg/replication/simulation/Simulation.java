package io.thalweg.replication.simulation;

import io.thalweg.replication.Voters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One partition on up to five nodes, in virtual time. Everything that happens follows from the seed: a failing one replays.
 * First faults of all kinds, then, all healed, a while in which a leader must be found and everything be committed.
 */
final class Simulation implements World {

    private static final int NODES = 5;
    private static final long FAULTS_MICROS = 8_000_000;
    private static final long CALM_MICROS = 6_000_000;
    private static final int TRACED = 300;

    private final long seed;
    private final BrokenRule broken;
    private final SplittableRandom random;
    private final SimulatedNetwork network;
    private final boolean losesUnflushed;
    private final Voters initial;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final List<Invariant> invariants;
    private final PriorityQueue<Scheduled> agenda =
            new PriorityQueue<>(Comparator.comparingLong(Scheduled::atMicros).thenComparingLong(Scheduled::order));
    private final Deque<Object[]> trace = new ArrayDeque<>();
    private final Set<Long> acknowledged = new HashSet<>();
    private long nowMicros;
    private long order;
    private long value;
    private boolean calm;
    private @Nullable SimulatedNode overthrown;
    private int elections;
    private int voterChanges;
    private int faults;

    private record Scheduled(long atMicros, long order, Runnable work) {}

    /** What a run did: a run in which nothing happened proves nothing. */
    record Report(long events, int acknowledged, int elections, int faults, int voterChanges) {}

    Simulation(long seed, BrokenRule broken) {
        this.seed = seed;
        this.broken = broken;
        this.random = new SplittableRandom(seed);
        this.network = new SimulatedNetwork(random.split());
        this.losesUnflushed = broken == BrokenRule.NONE && random.nextInt(4) == 0;
        int voters = random.nextInt(8) == 0 ? 1 : 3;
        Set<Integer> ids = new TreeSet<>();
        for (int id = 1; id <= voters; id++) {
            ids.add(id);
        }
        this.initial = Voters.of(ids);
        for (int id = 1; id <= NODES; id++) {
            nodes.add(new SimulatedNode(id, this, initial));
        }
        this.invariants = Invariants.all(this);
    }

    Report run() {
        try {
            nodes.forEach(SimulatedNode::start);
            later(1_000, this::produce);
            later(20_000, this::misbehave);
            runUntil(FAULTS_MICROS);
            heal();
            runUntil(FAULTS_MICROS + CALM_MICROS);
            recovered();
            return new Report(order, acknowledged.size(), elections, faults, voterChanges);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "seed=" + seed + " broken=" + broken + " at " + nowMicros + " us: " + e.getMessage() + "\n"
                            + story(),
                    e);
        }
    }

    private void runUntil(long micros) {
        while (!agenda.isEmpty() && agenda.peek().atMicros() <= micros) {
            Scheduled next = agenda.poll();
            nowMicros = next.atMicros();
            next.work().run();
        }
        nowMicros = micros;
    }

    // ---- the world, as nodes see it

    long nowMicros() {
        return nowMicros;
    }

    SplittableRandom random() {
        return random;
    }

    boolean breaks(BrokenRule rule) {
        return broken == rule;
    }

    @Override
    public boolean losesUnflushed() {
        return losesUnflushed;
    }

    @Override
    public List<SimulatedNode> replicas() {
        return nodes;
    }

    List<SimulatedNode> nodes() {
        return nodes;
    }

    List<Invariant> invariants() {
        return invariants;
    }

    long nextValue() {
        return ++value;
    }

    int anyOther(int id) {
        int other = 1 + random.nextInt(NODES - 1);
        return other < id ? other : other + 1;
    }

    /** A flush takes a fraction of a millisecond, and sometimes a very long one. */
    long flushMicros() {
        long stall = random.nextInt(100) == 0 ? random.nextLong(500_000) : 0;
        return 100 + random.nextLong(1_000) + stall;
    }

    void after(long micros, Runnable work) {
        agenda.add(new Scheduled(nowMicros + micros, order++, work));
    }

    void send(int from, int to, SimulatedNode.Envelope envelope) {
        for (int copies = network.copies(from, to); copies > 0; copies--) {
            after(network.delayMicros(), () -> nodes.get(to - 1).receive(envelope));
        }
    }

    void acknowledged(Entry entry) {
        acknowledged.add(entry.value());
    }

    void led(SimulatedNode winner) {
        elections++;
        SimulatedNode before = overthrown;
        if (before != null && before != winner && !calm) {
            overthrown = null;
            after(0, () -> loseAVoteFor(winner, before));
        }
    }

    void votersChanged() {
        voterChanges++;
    }

    void trace(int node, Object what) {
        if (trace.size() == TRACED) {
            trace.poll();
        }
        trace.add(new Object[] {nowMicros, node, what});
    }

    private String story() {
        StringBuilder story = new StringBuilder();
        trace.forEach(line -> story.append(line[0])
                .append(" node ")
                .append(line[1])
                .append(' ')
                .append(line[2])
                .append('\n'));
        nodes.forEach(node -> story.append(node).append('\n'));
        return story.toString();
    }

    // ---- what happens to it

    private void later(long micros, Runnable work) {
        after(micros / 2 + random.nextLong(micros), work);
    }

    private void produce() {
        nodes.get(random.nextInt(NODES)).produce();
        later(2_000, this::produce);
    }

    private void misbehave() {
        if (calm) {
            return;
        }
        faults++;
        SimulatedNode node = nodes.get(random.nextInt(NODES));
        int what = random.nextInt(18);
        trace(node.id(), "fault " + what);
        switch (what) {
            case 0, 1 -> down(node, () -> node.kill());
            case 2, 3 -> down(node, () -> node.cutPower(random));
            case 4 -> cutPowerOfAll();
            case 5 -> wipe(node, 200_000);
            case 6, 7 -> network.worsen();
            case 8 -> isolate(node.id());
            case 9 -> network.cut(node.id(), anyOther(node.id()));
            case 10, 11 -> network.heal();
            case 12 -> node.handOver();
            case 13 -> changeVoters();
            case 14 -> nodes.forEach(each -> each.forgetBelow(each.log().start().offset() + random.nextInt(40)));
            case 15, 16 -> overthrow();
            default -> changeVoters();
        }
        later(150_000, this::misbehave);
    }

    private void down(SimulatedNode node, Runnable how) {
        boolean affordable =
                !losesUnflushed || (nodes.stream().allMatch(SimulatedNode::trustsItself) && threeOrMoreVote());
        if (node.up() && affordable) {
            how.run();
            startLater(node, 400_000);
        }
    }

    private void startLater(SimulatedNode node, long micros) {
        later(micros, () -> {
            if (!node.up()) {
                node.start();
            }
        });
    }

    private void cutPowerOfAll() {
        if (!losesUnflushed) {
            for (SimulatedNode node : nodes) {
                if (node.up()) {
                    node.cutPower(random);
                    startLater(node, 200_000);
                }
            }
        }
    }

    /** The leader is cut off until another one is elected; then that one is. */
    private void overthrow() {
        nodes.stream()
                .filter(node -> node.replica() != null && node.replica().leads())
                .findFirst()
                .ifPresent(leader -> {
                    network.heal();
                    isolate(leader.id());
                    overthrown = leader;
                });
    }

    /**
     * Nobody hears of the one that was elected, and one of those that voted for it loses its disk. The leader before goes on, if
     * it still leads, and hands over a little later.
     */
    private void loseAVoteFor(SimulatedNode winner, SimulatedNode before) {
        trace(winner.id(), "nobody hears of it");
        network.heal();
        isolate(winner.id());
        nodes.stream()
                .filter(node -> node != winner && node != before)
                .filter(node -> winner.log().voters().contains(node.id()))
                .findFirst()
                .ifPresent(voter -> wipe(voter, 20_000));
        later(300_000, () -> {
            if (!calm) {
                before.handOver();
            }
        });
    }

    /** At most one at a time: what a majority lost, nobody can give back. */
    private void wipe(SimulatedNode node, long micros) {
        boolean affordable = nodes.stream().allMatch(other -> other.trustsItself() && other.up());
        boolean spare = initial.ids().size() > 1;
        if (affordable && spare && threeOrMoreVote()) {
            node.kill();
            node.wipe(initial);
            startLater(node, micros);
        }
    }

    /** Whether every replica's idea of the voters has a majority elsewhere; a lone voter's disk is the only copy. */
    private boolean threeOrMoreVote() {
        return nodes.stream().allMatch(other -> other.log().voters().ids().size() > 2);
    }

    private void isolate(int id) {
        for (int other = 1; other <= NODES; other++) {
            if (other != id) {
                network.cut(id, other);
                network.cut(other, id);
            }
        }
    }

    private void changeVoters() {
        for (SimulatedNode node : nodes) {
            if (node.replica() != null && node.replica().leads()) {
                Set<Integer> next = new TreeSet<>(node.log().voters().ids());
                int id = 1 + random.nextInt(NODES);
                if (!next.remove(id)) {
                    next.add(id);
                }
                if (!next.isEmpty()) {
                    node.changeVoters(Voters.of(next));
                }
            }
        }
    }

    private void heal() {
        calm = true;
        network.heal();
        for (SimulatedNode node : nodes) {
            if (!node.up()) {
                startLater(node, 100_000);
            }
        }
    }

    /** All is healed: there is one leader, what is new gets committed, and everybody has it. */
    private void recovered() {
        if (needsAnOperator()) {
            return;
        }
        List<SimulatedNode> leaders = nodes.stream()
                .filter(node -> node.replica() != null && node.replica().leads())
                .toList();
        check(leaders.size() == 1, "leaders=" + leaders.size());
        SimulatedNode leader = leaders.get(0);
        check(leader.replica() != null && leader.replica().epochCommitted(), "nothing of the last epoch is committed");
        long behind = leader.log().end().offset() - leader.replica().highWatermark();
        check(behind < 2_000, "the leader has committed nothing for long: " + behind + " behind");
        check(!acknowledged.isEmpty(), "nothing was acknowledged");
    }

    /** The voters were shrunk just when one of the rest lost its disk: nobody may decide that alone. */
    private boolean needsAnOperator() {
        SimulatedNode fullest = nodes.stream()
                .max(Comparator.comparing(node -> node.log().end()))
                .orElseThrow();
        List<Integer> trusted = nodes.stream()
                .filter(SimulatedNode::trustsItself)
                .map(SimulatedNode::id)
                .toList();
        return !fullest.log().voters().isMajority(trusted);
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("not recovered: " + what);
        }
    }
}
