package io.thalweg.replication.simulation;

import io.thalweg.replication.Voters;
import io.thalweg.replication.node.ReplicaView;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What misbehaves and heals: machines, disks, connections, and an operator who moves leaderships and replicas about. */
final class NodesFaults {

    private final NodesSimulation simulation;
    private final SplittableRandom random;
    private final SimulatedLinks links;
    private final List<SimulatedMachine> machines;
    private final List<SimulatedPartition> partitions;
    private final boolean losesUnflushed;
    private boolean calm;
    private @Nullable SimulatedPartition overthrowing;
    private int overthrown;
    private int count;

    NodesFaults(NodesSimulation simulation, SplittableRandom random) {
        this.simulation = simulation;
        this.random = random;
        this.links = simulation.links();
        this.machines = simulation.machines();
        this.partitions = simulation.partitions();
        this.losesUnflushed = simulation.losesUnflushed();
    }

    /** How many there were. */
    int count() {
        return count;
    }

    /** From the beginning on. */
    void none() {
        calm = true;
    }

    /** No fault happens any more. */
    boolean isCalm() {
        return calm;
    }

    void begin() {
        later(60_000, this::misbehave);
    }

    private void later(long micros, Runnable work) {
        simulation.later(micros, work);
    }

    private SimulatedMachine anyMachine() {
        return machines.get(random.nextInt(machines.size()));
    }

    private SimulatedPartition anyPartition() {
        return partitions.get(random.nextInt(partitions.size()));
    }

    private void misbehave() {
        if (calm) {
            return;
        }
        count++;
        SimulatedMachine machine = anyMachine();
        int what = random.nextInt(29);
        simulation.trace(machine.broker(), "fault " + what);
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
            case 14 -> machine.disk().slow(random.nextLong(1_000_000));
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
        List<ReplicaView> leaders = simulation.leaders(partition);
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
            simulation.agenda().after(0, () -> loseAVoteFor(partition, winner, before));
        }
    }

    /**
     * Nobody hears of the one that was elected, and one of those that voted for it loses its disk. The leader before goes on, if
     * it still leads, and hands over a little later.
     */
    private void loseAVoteFor(SimulatedPartition partition, int winner, int before) {
        simulation.trace(winner, partition + ": nobody hears of it");
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
        if (machine.isUp() && !machine.disk().hasFailed() && !machine.isPaused()) {
            machine.failDisk();
            later(500_000, () -> {
                if (machine.isUp() && machine.disk().hasFailed()) {
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
                    .onComplete(
                            done -> simulation.trace(machine.broker(), partition + " transfer to " + to + " " + done));
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
            simulation.trace(machine.broker(), partition + " voters " + next.ids() + " " + done);
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

    void heal() {
        calm = true;
        simulation.trace(0, "healed");
        links.heal();
        for (SimulatedMachine machine : machines) {
            machine.resume();
            if (machine.isUp() && machine.disk().hasFailed()) {
                machine.kill();
            }
            if (!machine.isUp()) {
                startLater(machine, 100_000);
            }
        }
    }

    void keepTransferring() {
        if (!simulation.isQuiet()) {
            transfer();
            later(10_000, this::keepTransferring);
        }
    }
}
