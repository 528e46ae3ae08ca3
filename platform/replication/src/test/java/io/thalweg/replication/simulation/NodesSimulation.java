package io.thalweg.replication.simulation;

import io.thalweg.replication.node.ReplicaView;
import io.thalweg.replication.node.ReplicationConfig;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Three to five machines with real replication nodes and dozens of partitions, in virtual time, talking in real frames. First
 * faults of all kinds, then, all healed, a while in which every partition must find its leader and its followers, and then one
 * in which none may lose them again.
 */
final class NodesSimulation {

    private static final long FAULTS_MICROS = 4_000_000;
    private static final long RECOVERY_MICROS = 2_500_000;
    private static final long QUIET_MICROS = 700_000;
    private static final long STEADY_MICROS = 2_000_000;
    private static final long SETTLED_MICROS = 1_000_000;
    private static final int TRACED = 400;
    private static final int STEPS_PER_CHECK = 8;

    private final long seed;
    private final NodesBrokenRule broken;
    private final SplittableRandom random;
    private final Agenda agenda = new Agenda();
    private final SimulatedLinks links;
    private final ReplicationConfig config;
    private final boolean losesUnflushed;
    private final List<SimulatedMachine> machines = new ArrayList<>();
    private final List<SimulatedPartition> partitions = new ArrayList<>();
    private final NodesFaults faults;
    private final NodesVerdict verdict;
    private final Deque<Object[]> trace = new ArrayDeque<>();
    private long value;
    private long steps;
    private boolean quiet;
    private @Nullable Long clockOrigin;

    /** What a run did: a run in which nothing happened proves nothing. */
    record Report(long events, int partitions, int acknowledged, int elections, int faults, int voterChanges) {}

    NodesSimulation(long seed, NodesBrokenRule broken) {
        this.seed = seed;
        this.broken = broken;
        this.random = new SplittableRandom(seed);
        this.losesUnflushed = broken == NodesBrokenRule.TRUST_AFTER_POWER_CUT
                || (broken == NodesBrokenRule.NONE && random.nextInt(4) == 0);
        this.config = randomConfig(random);
        int size = 3 + random.nextInt(3);
        for (int broker = 1; broker <= size; broker++) {
            machines.add(new SimulatedMachine(broker, this, random.split()));
        }
        this.links = new SimulatedLinks(agenda, random.split(), machines);
        int count = 8 + random.nextInt(17);
        for (int number = 0; number < count; number++) {
            partitions.add(
                    new SimulatedPartition(number, assignment(number, size), number == 0, losesUnflushed, agenda));
        }
        this.faults = new NodesFaults(this, random);
        this.verdict = new NodesVerdict(this);
    }

    /** The same, but every process's monotonic clock counts from there, and not from anywhere. */
    static NodesSimulation withClocksFrom(long seed, long originNanos) {
        NodesSimulation simulation = new NodesSimulation(seed, NodesBrokenRule.NONE);
        simulation.clockOrigin = originNanos;
        return simulation;
    }

    /** As large as a real cluster, with its times; nothing happens unless it is told to. */
    static NodesSimulation large(int machines, int partitions) {
        return new NodesSimulation(machines, partitions);
    }

    private NodesSimulation(int size, int count) {
        this.seed = 1;
        this.broken = NodesBrokenRule.NONE;
        this.random = new SplittableRandom(seed);
        this.losesUnflushed = false;
        this.config = ReplicationConfig.defaults();
        for (int broker = 1; broker <= size; broker++) {
            machines.add(new SimulatedMachine(broker, this, random.split()));
        }
        this.links = new SimulatedLinks(agenda, random.split(), machines);
        for (int number = 0; number < count; number++) {
            List<Integer> assignment = List.of(1 + number % 3, 1 + (number + 1) % 3, 1 + (number + 2) % 3);
            partitions.add(new SimulatedPartition(number, assignment, false, false, agenda));
        }
        this.faults = new NodesFaults(this, random);
        this.verdict = new NodesVerdict(this);
        this.faults.none();
        this.quiet = true;
    }

    /** Times a tenth of real ones; sizes so small that every limit is met. */
    private static ReplicationConfig randomConfig(SplittableRandom random) {
        boolean small = random.nextBoolean();
        return new ReplicationConfig(
                300,
                50,
                1_000,
                20,
                300,
                5,
                small ? 0 : 500,
                random.nextInt(4),
                small ? 150 + random.nextInt(1_000) : 1 << 20,
                small ? 2_000 + random.nextInt(5_000) : 8 << 20,
                small ? 100 + random.nextInt(1_000) : 1 << 20,
                small ? 20_000 + random.nextInt(50_000) : 64 << 20);
    }

    private List<Integer> assignment(int number, int size) {
        int replicas = random.nextInt(8) == 0 ? 1 : Math.min(size, random.nextInt(6) == 0 ? 5 : 3);
        List<Integer> brokers = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
            brokers.add(1 + (number + i) % size);
        }
        return brokers;
    }

    // ---- runs

    Report run() {
        try {
            begin();
            faults.begin();
            agenda.runUntil(FAULTS_MICROS);
            faults.heal();
            agenda.runUntil(FAULTS_MICROS + RECOVERY_MICROS);
            verdict.allServe();
            quiet = true;
            produceLast();
            agenda.runUntil(FAULTS_MICROS + RECOVERY_MICROS + QUIET_MICROS);
            verdict.allAgree();
            staySteady();
            return report();
        } catch (RuntimeException | AssertionError e) {
            throw failed(e);
        }
    }

    /** Clients go on, and nothing changes. */
    private void staySteady() {
        NodesSteadiness steadiness = new NodesSteadiness(this);
        steadiness.begin();
        quiet = false;
        produce();
        if (breaks(NodesBrokenRule.RESIGN_FOR_NOTHING)) {
            machines.forEach(machine -> agenda.after(
                    STEADY_MICROS / 2, () -> step(machine, () -> machine.node().resignLeaderships())));
        }
        agenda.runUntil(nowMicros() + STEADY_MICROS);
        steadiness.end();
        verdict.allServe();
    }

    /** No faults at all. */
    Report runQuietly(long micros) {
        try {
            faults.none();
            begin();
            agenda.runUntil(SETTLED_MICROS);
            verdict.allServe();
            int elections = report().elections();
            agenda.runUntil(micros);
            verdict.allServe();
            NodesVerdict.check(report().elections() == elections, "elections in a healthy cluster: " + report());
            quiet = true;
            agenda.runUntil(micros + QUIET_MICROS);
            verdict.allAgree();
            return report();
        } catch (RuntimeException | AssertionError e) {
            throw failed(e);
        }
    }

    /** No faults, but leaderships wander all the time: whatever entered a leader's log stays. */
    Report runHandOvers(long micros) {
        try {
            faults.none();
            begin();
            agenda.runUntil(SETTLED_MICROS);
            later(10_000, faults::keepTransferring);
            agenda.runUntil(micros);
            quiet = true;
            // A leader whose disk stalls hears last that it was replaced: what it is sent until then it refuses.
            agenda.runUntil(micros + QUIET_MICROS);
            produceLast();
            agenda.runUntil(micros + 2 * QUIET_MICROS);
            verdict.allAgree();
            verdict.nothingAppendedIsLost();
            return report();
        } catch (RuntimeException | AssertionError e) {
            throw failed(e);
        }
    }

    void begin() {
        for (SimulatedPartition partition : partitions) {
            for (SimulatedMachine machine : machines) {
                if (partition.assignment().contains(machine.broker()) || partition.observedByAll()) {
                    machine.host(partition, partition.assignment().contains(machine.broker()));
                }
            }
        }
        for (SimulatedMachine machine : machines) {
            machine.start();
        }
        links.start();
        later(1_500, this::produce);
    }

    private Report report() {
        return new Report(
                agenda.count(),
                partitions.size(),
                partitions.stream()
                        .mapToInt(partition -> partition.acknowledged.size())
                        .sum(),
                partitions.stream().mapToInt(partition -> partition.elections).sum(),
                faults.count(),
                partitions.stream()
                        .mapToInt(partition -> partition.voterChanges)
                        .sum());
    }

    private AssertionError failed(Throwable e) {
        StringBuilder story = new StringBuilder();
        trace.forEach(line -> story.append(line[0])
                .append(" node ")
                .append(line[1])
                .append(' ')
                .append(line[2])
                .append('\n'));
        for (SimulatedMachine machine : machines) {
            story.append("machine ").append(machine.broker()).append(machine.isUp() ? " up\n" : " down\n");
            for (SimulatedCopy copy : machine.copies().values()) {
                story.append("  ")
                        .append(copy)
                        .append(' ')
                        .append(machine.view(copy.partition()))
                        .append('\n');
            }
        }
        return new AssertionError(
                "seed=" + seed + " broken=" + broken + " losesUnflushed=" + losesUnflushed + " at " + agenda.nowMicros()
                        + " us: " + e.getMessage() + "\n" + story,
                e);
    }

    // ---- the world, as machines see it

    Agenda agenda() {
        return agenda;
    }

    SimulatedLinks links() {
        return links;
    }

    ReplicationConfig config() {
        return config;
    }

    long nowMicros() {
        return agenda.nowMicros();
    }

    /** After about so long. */
    void later(long micros, Runnable work) {
        agenda.after(micros / 2 + random.nextLong(micros), work);
    }

    long clockOrigin(long drawn) {
        Long chosen = clockOrigin;
        return chosen == null ? drawn : chosen;
    }

    boolean losesUnflushed() {
        return losesUnflushed;
    }

    /** Nothing is appended any more, and what is on its way must arrive. */
    boolean isQuiet() {
        return quiet;
    }

    NodesFaults faults() {
        return faults;
    }

    NodesVerdict verdict() {
        return verdict;
    }

    boolean breaks(NodesBrokenRule rule) {
        return broken == rule;
    }

    long nextValue() {
        return ++value;
    }

    List<SimulatedMachine> machines() {
        return machines;
    }

    List<SimulatedPartition> partitions() {
        return partitions;
    }

    /** How many partitions have a leader on a machine that is up. */
    int ledPartitions() {
        return (int) partitions.stream()
                .filter(partition -> partition.copies.stream()
                        .anyMatch(copy -> copy.leadingEpoch >= 0
                                && machines.get(copy.id() - 1).isUp()))
                .count();
    }

    List<ReplicaView> leaders(SimulatedPartition partition) {
        List<ReplicaView> leaders = new ArrayList<>();
        for (SimulatedMachine machine : machines) {
            ReplicaView view = machine.view(partition);
            if (view != null && view.leads()) {
                leaders.add(view);
            }
        }
        return leaders;
    }

    /** Something happens on a machine; then it must not contradict itself. */
    void step(SimulatedMachine machine, Runnable what) {
        what.run();
        // Each replica checks itself after each of its events; this is what is between them.
        if (machine.isUp() && partitions.size() < 100 && ++steps % STEPS_PER_CHECK == 0) {
            machine.node().checkInvariants();
        }
    }

    void trace(int node, Object what) {
        if (trace.size() == TRACED) {
            trace.poll();
        }
        trace.add(new Object[] {agenda.nowMicros(), node, what});
    }

    // ---- what clients do

    private void produce() {
        if (!quiet) {
            // Traffic is uneven: some partitions get much of it.
            int number = Math.min(random.nextInt(partitions.size()), random.nextInt(partitions.size()));
            for (SimulatedMachine machine : machines) {
                if (machine.isUp()) {
                    machine.produce(partitions.get(number));
                }
            }
            later(5_000, this::produce);
        }
    }

    /** To each partition's leader. */
    private void produceLast() {
        for (SimulatedPartition partition : partitions) {
            long before = value;
            for (SimulatedMachine machine : machines) {
                ReplicaView view = machine.view(partition);
                if (view != null && view.leads()) {
                    machine.produce(partition);
                }
            }
            NodesVerdict.check(value - before <= 1, partition + " has more than one leader");
            partition.lastProduced = value > before ? value : 0;
        }
    }
}
