package io.thalweg.replication.simulation;

import io.thalweg.replication.Voters;
import io.thalweg.replication.node.ReplicaView;
import io.thalweg.replication.node.ReplicationConfig;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Three to five machines with real replication nodes and dozens of partitions, in virtual time, talking in real frames. First
 * faults of all kinds, then, all healed, a while in which every partition must find its leader and its followers.
 */
final class NodesSimulation {

    private static final long FAULTS_MICROS = 4_000_000;
    private static final long RECOVERY_MICROS = 2_500_000;
    private static final long QUIET_MICROS = 700_000;
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
    private final Deque<Object[]> trace = new ArrayDeque<>();
    private long value;
    private long steps;
    private boolean calm;
    private boolean quiet;
    private @Nullable SimulatedPartition overthrowing;
    private int overthrown;
    private int faults;
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
        this.calm = true;
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
            later(60_000, this::misbehave);
            agenda.runUntil(FAULTS_MICROS);
            heal();
            agenda.runUntil(FAULTS_MICROS + RECOVERY_MICROS);
            allServe();
            quiet = true;
            produceLast();
            agenda.runUntil(FAULTS_MICROS + RECOVERY_MICROS + QUIET_MICROS);
            allAgree();
            return report();
        } catch (RuntimeException | AssertionError e) {
            throw failed(e);
        }
    }

    /** No faults at all. */
    Report runQuietly(long micros) {
        try {
            calm = true;
            begin();
            agenda.runUntil(SETTLED_MICROS);
            allServe();
            int elections = report().elections();
            agenda.runUntil(micros);
            allServe();
            check(report().elections() == elections, "elections in a healthy cluster: " + report());
            quiet = true;
            agenda.runUntil(micros + QUIET_MICROS);
            allAgree();
            return report();
        } catch (RuntimeException | AssertionError e) {
            throw failed(e);
        }
    }

    /** No faults, but leaderships wander all the time: whatever entered a leader's log stays. */
    Report runHandOvers(long micros) {
        try {
            calm = true;
            begin();
            agenda.runUntil(SETTLED_MICROS);
            later(10_000, this::keepTransferring);
            agenda.runUntil(micros);
            quiet = true;
            // A leader whose disk stalls hears last that it was replaced: what it is sent until then it refuses.
            agenda.runUntil(micros + QUIET_MICROS);
            produceLast();
            agenda.runUntil(micros + 2 * QUIET_MICROS);
            allAgree();
            nothingAppendedIsLost();
            return report();
        } catch (RuntimeException | AssertionError e) {
            throw failed(e);
        }
    }

    private void keepTransferring() {
        if (!quiet) {
            transfer();
            later(10_000, this::keepTransferring);
        }
    }

    private void nothingAppendedIsLost() {
        for (SimulatedPartition partition : partitions) {
            Set<Long> kept = new TreeSet<>();
            SimulatedLog log = partition.copies.get(0).log();
            log.from(0, Integer.MAX_VALUE / 2).forEach(entry -> kept.add(entry.value()));
            Set<Long> lost = new TreeSet<>(partition.appended);
            lost.removeAll(kept);
            check(lost.isEmpty(), partition + " lost " + lost + " by handing over");
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
                faults,
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

    long clockOrigin(long drawn) {
        Long chosen = clockOrigin;
        return chosen == null ? drawn : chosen;
    }

    boolean losesUnflushed() {
        return losesUnflushed;
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

    /** What a leader says that so many voters hold, their disks do. */
    void held(SimulatedCopy leader, long offset, int atLeast) {
        if (losesUnflushed || offset == 0) {
            return;
        }
        Entry last = leader.log().at(offset - 1);
        int holders = 0;
        for (SimulatedCopy copy : leader.partition().copies) {
            boolean voter = leader.log().voters().contains(copy.id());
            boolean holds = last != null
                    && last.equals(copy.log().at(offset - 1))
                    && copy.log().flushedEnd() >= offset;
            if (voter && (holds || copy.log().start().offset() >= offset || !copy.trustsItself())) {
                holders++;
            }
        }
        if (last != null && holders < atLeast) {
            throw agenda.broken(
                    new AssertionError("held by " + holders + " of " + atLeast + " at " + offset + ": " + leader));
        }
    }

    // ---- what happens to it

    private void later(long micros, Runnable work) {
        agenda.after(micros / 2 + random.nextLong(micros), work);
    }

    private SimulatedMachine anyMachine() {
        return machines.get(random.nextInt(machines.size()));
    }

    private SimulatedPartition anyPartition() {
        return partitions.get(random.nextInt(partitions.size()));
    }

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
            check(value - before <= 1, partition + " has more than one leader");
            partition.lastProduced = value > before ? value : 0;
        }
    }

    private void misbehave() {
        if (calm) {
            return;
        }
        faults++;
        SimulatedMachine machine = anyMachine();
        int what = random.nextInt(29);
        trace(machine.broker(), "fault " + what);
        switch (what) {
            case 0, 1, 2 -> down(machine, machine::kill);
            case 3, 4 -> down(machine, machine::cutPower);
            case 5 -> cutPowerOfAll();
            case 6 -> wipe(machine, 200_000);
            case 7 -> links.worsen();
            case 8 -> isolate(machine.broker());
            case 9, 10 -> links.cut(machine.broker(), anyMachine().broker());
            case 11, 12 -> links.heal();
            case 13 -> links.breakConnection(machine.broker(), otherThan(machine), 5_000);
            case 14 -> machine.slowDisk(random.nextLong(1_000_000));
            case 15 -> failDisk(machine);
            case 16 -> stop(machine);
            case 17 -> transfer();
            case 18 -> forget();
            case 19, 20 -> pause(machine);
            case 21, 22 -> overthrow(anyPartition());
            case 23 -> losePromises(machine, 200_000);
            case 24 -> hangDisk(machine);
            default -> changeVoters(anyPartition());
        }
        later(120_000, this::misbehave);
    }

    private int otherThan(SimulatedMachine machine) {
        int other = 1 + random.nextInt(machines.size() - 1);
        return other < machine.broker() ? other : other + 1;
    }

    private void down(SimulatedMachine machine, Runnable how) {
        boolean affordable = !losesUnflushed || (allTrusted() && enoughVote());
        if (machine.isUp() && affordable) {
            how.run();
            startLater(machine, 400_000);
        }
    }

    private void startLater(SimulatedMachine machine, long micros) {
        later(micros, () -> {
            if (!machine.isUp()) {
                machine.start();
            }
        });
    }

    private void cutPowerOfAll() {
        if (!losesUnflushed) {
            for (SimulatedMachine machine : machines) {
                if (machine.isUp()) {
                    machine.cutPower();
                    startLater(machine, 200_000);
                }
            }
        }
    }

    /** The leader is cut off until another one is elected; then that one is. */
    private void overthrow(SimulatedPartition partition) {
        List<ReplicaView> leaders = leaders(partition);
        if (leaders.size() == 1) {
            overthrowing = partition;
            overthrown = leaders.get(0).leader();
            links.heal();
            isolate(overthrown);
        }
    }

    void led(SimulatedPartition partition, int winner) {
        int before = overthrown;
        if (overthrowing == partition && before != winner && !calm) {
            overthrowing = null;
            agenda.after(0, () -> loseAVoteFor(partition, winner, before));
        }
    }

    /**
     * Nobody hears of the one that was elected, and one of those that voted for it loses its disk. The leader before goes on, if
     * it still leads, and hands over a little later.
     */
    private void loseAVoteFor(SimulatedPartition partition, int winner, int before) {
        trace(winner, partition + ": nobody hears of it");
        links.heal();
        isolate(winner);
        partition.assignment().stream()
                .filter(voter -> voter != winner && voter != before)
                .findFirst()
                .ifPresent(voter -> forgetVote(machines.get(voter - 1)));
        later(300_000, () -> {
            if (!calm) {
                transfer(partition, machines.get(before - 1));
            }
        });
    }

    /** At most one at a time: what a majority lost, nobody can give back. */
    private void wipe(SimulatedMachine machine, long micros) {
        boolean others = machines.stream().allMatch(SimulatedMachine::isUp);
        boolean lonely = machine.copies().values().stream()
                .anyMatch(copy -> copy.partition().assignment().size() == 1);
        if (others && !lonely && allTrusted() && enoughVote()) {
            machine.kill();
            machine.wipe();
            startLater(machine, micros);
        }
    }

    /** The same goes for what it promised. Who decides alone may forget again once its log tells the epochs since. */
    private void losePromises(SimulatedMachine machine, long micros) {
        boolean tells = machine.copies().values().stream().allMatch(SimulatedCopy::tellsEpochsSinceLoss);
        if (machines.stream().allMatch(SimulatedMachine::isUp) && allTrusted() && enoughVote() && tells) {
            machine.kill();
            machine.losePromises();
            startLater(machine, micros);
        }
    }

    private void forgetVote(SimulatedMachine voter) {
        if (random.nextBoolean()) {
            wipe(voter, 20_000);
        } else {
            losePromises(voter, 20_000);
        }
    }

    private boolean allTrusted() {
        return partitions.stream()
                .flatMap(partition -> partition.copies.stream())
                .allMatch(SimulatedCopy::trustsItself);
    }

    /** A voter of one or two is the only copy, or one of the two that are needed. */
    private boolean enoughVote() {
        return partitions.stream()
                .flatMap(partition -> partition.copies.stream())
                .allMatch(copy -> copy.log().voters().ids().size() > 2
                        || (copy.partition().assignment().size() == 1 && !losesUnflushed));
    }

    /** For less than anybody notices, or for longer than the broker waits for it. */
    private void hangDisk(SimulatedMachine machine) {
        if (machine.isUp()) {
            machine.hangDisk(random.nextLong(random.nextBoolean() ? 300_000 : 2_000_000));
        }
    }

    private void failDisk(SimulatedMachine machine) {
        if (machine.isUp() && !machine.diskFailed() && !machine.isPaused()) {
            machine.failDisk();
            later(500_000, () -> {
                if (machine.isUp() && machine.diskFailed()) {
                    machine.kill();
                    startLater(machine, 100_000);
                }
            });
        }
    }

    private void stop(SimulatedMachine machine) {
        if (machine.isUp() && !machine.isPaused()) {
            machine.stop(() -> startLater(machine, 100_000));
        }
    }

    /** For less than the others take for silence, or for longer than all of their elections. */
    private void pause(SimulatedMachine machine) {
        if (machine.isUp()) {
            machine.pause(random.nextLong(random.nextBoolean() ? 300_000 : 2_000_000));
        }
    }

    private void isolate(int broker) {
        for (SimulatedMachine other : machines) {
            if (other.broker() != broker) {
                links.cut(broker, other.broker());
                links.cut(other.broker(), broker);
            }
        }
    }

    private void transfer() {
        SimulatedPartition partition = anyPartition();
        machines.forEach(machine -> transfer(partition, machine));
    }

    private void transfer(SimulatedPartition partition, SimulatedMachine machine) {
        ReplicaView view = machine.view(partition);
        if (view != null && view.leads() && view.inSync().size() > 1 && !machine.isPaused()) {
            int to = view.inSync().get(random.nextInt(view.inSync().size()));
            machine.node()
                    .transfer(partition.id(), to)
                    .onComplete(done -> trace(machine.broker(), partition + " transfer to " + to + " " + done));
        }
    }

    private void forget() {
        for (SimulatedMachine machine : machines) {
            for (SimulatedCopy copy : machine.copies().values()) {
                machine.forgetBelow(copy, copy.log().start().offset() + random.nextInt(40));
            }
        }
    }

    /** Adds a broker, which observes first, or removes one. */
    private void changeVoters(SimulatedPartition partition) {
        for (SimulatedMachine machine : machines) {
            ReplicaView view = machine.view(partition);
            if (view == null || !view.leads() || partition.observedByAll() || machine.isPaused()) {
                continue;
            }
            SimulatedMachine other = anyMachine();
            Set<Integer> next = new TreeSet<>(view.voters());
            boolean removes = next.remove(other.broker());
            if (!removes) {
                next.add(other.broker());
                other.host(partition, false);
            }
            if (next.size() >= (losesUnflushed ? 3 : 2)) {
                later(100_000, () -> changeVoters(partition, machine, Voters.of(next), removes ? other : null));
            }
        }
    }

    private void changeVoters(
            SimulatedPartition partition, SimulatedMachine machine, Voters next, @Nullable SimulatedMachine removed) {
        boolean hosted = machines.stream()
                .allMatch(voter ->
                        !next.contains(voter.broker()) || voter.copies().containsKey(partition.id()));
        // One that was to be added may have been told to go meanwhile, by a change before.
        if (!machine.isUp() || machine.isPaused() || !hosted) {
            return;
        }
        partition.votersWanted = next;
        machine.changeVoters(partition, next).onComplete(done -> {
            trace(machine.broker(), partition + " voters " + next.ids() + " " + done);
            if (done.succeeded()) {
                partition.voterChanges++;
                if (removed != null) {
                    later(300_000, () -> drop(partition, removed));
                }
            }
        });
    }

    /** A copy that no voter of any copy's mind is, nor is to be one, goes away with its data. */
    private void drop(SimulatedPartition partition, SimulatedMachine machine) {
        boolean needed = partition.votersWanted.contains(machine.broker())
                || partition.copies.stream()
                        .anyMatch(copy -> copy.log().voters().contains(machine.broker()));
        if (!needed && machine.isUp() && !machine.isPaused() && random.nextBoolean()) {
            machine.drop(partition);
        }
    }

    private void heal() {
        calm = true;
        trace(0, "healed");
        links.heal();
        for (SimulatedMachine machine : machines) {
            machine.resume();
            if (machine.isUp() && machine.diskFailed()) {
                machine.kill();
            }
            if (!machine.isUp()) {
                startLater(machine, 100_000);
            }
        }
    }

    // ---- what must have come of it

    /** Every partition with a majority has one leader, and what is new gets committed. */
    private void allServe() {
        for (SimulatedPartition partition : partitions) {
            if (needsAnOperator(partition)) {
                continue;
            }
            List<ReplicaView> leaders = leaders(partition);
            check(leaders.size() == 1, partition + " has leaders: " + leaders);
            ReplicaView leader = leaders.get(0);
            long behind = leader.endOffset() - leader.highWatermark();
            check(behind < 200, partition + " has committed nothing for long, behind=" + behind);
            check(
                    leader.inSync().size() > leader.voters().size() / 2,
                    partition + " commits, but a majority is not in sync: " + leader);
            brokersKnow(partition);
        }
    }

    /** Every broker was told what its replica says of itself. */
    void brokersKnow(SimulatedPartition partition) {
        for (SimulatedCopy copy : partition.copies) {
            ReplicaView view = machines.get(copy.id() - 1).view(partition);
            if (view == null) {
                continue;
            }
            boolean leads = copy.leadingEpoch >= 0;
            check(view.leads() == leads, partition + ": the broker does not know who leads: " + copy + " " + view);
            if (leads) {
                check(
                        view.inSync().equals(copy.inSyncTold)
                                && view.voters().equals(copy.votersTold)
                                && copy.committedTold,
                        partition + ": the broker was told inSync=" + copy.inSyncTold + " voters=" + copy.votersTold
                                + " committed=" + copy.committedTold + ": " + view);
            }
        }
    }

    /** Nothing is new any more: everybody has everything, knows that it is committed, and the leader knows that they do. */
    private void allAgree() {
        for (SimulatedPartition partition : partitions) {
            if (needsAnOperator(partition)) {
                continue;
            }
            List<ReplicaView> leaders = leaders(partition);
            check(leaders.size() == 1, partition + " has leaders: " + leaders);
            ReplicaView leader = leaders.get(0);
            check(leader.endOffset() == leader.highWatermark(), partition + " is not committed: " + leader);
            check(leader.inSync().equals(leader.voters()), partition + " is not in sync: " + leader);
            brokersKnow(partition);
            for (SimulatedMachine machine : machines) {
                ReplicaView copy = machine.view(partition);
                if (copy != null) {
                    agrees(partition, copy, leader);
                }
            }
            check(
                    partition.acknowledged.contains(partition.lastProduced) || partition.lastProduced == 0,
                    partition + " did not acknowledge what came last: " + leader);
        }
    }

    private void agrees(SimulatedPartition partition, ReplicaView copy, ReplicaView leader) {
        check(copy.leader() == leader.leader(), partition + " follows another: " + copy + " than " + leader);
        check(copy.endOffset() == leader.endOffset(), partition + " ends elsewhere: " + copy + " than " + leader);
        check(
                copy.highWatermark() == leader.highWatermark(),
                partition + " has another high watermark: " + copy + " than " + leader);
        check(copy.trusted(), partition + " is not trusted: " + copy);
        check(copy.offline() == null, partition + " is offline: " + copy);
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

    /** The voters were shrunk just when one of the rest lost its disk: nobody may decide that alone. */
    private static boolean needsAnOperator(SimulatedPartition partition) {
        SimulatedCopy fullest = partition.copies.get(0);
        List<Integer> trusted = new ArrayList<>();
        for (SimulatedCopy copy : partition.copies) {
            if (copy.log().end().compareTo(fullest.log().end()) > 0) {
                fullest = copy;
            }
            if (copy.trustsItself()) {
                trusted.add(copy.id());
            }
        }
        return !fullest.log().voters().isMajority(trusted);
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
