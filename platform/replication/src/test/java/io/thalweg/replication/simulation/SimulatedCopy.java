package io.thalweg.replication.simulation;

import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.Voters;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One partition's copy on one machine: its disk, and what the process on top believes. */
final class SimulatedCopy implements SimulatedReplica {

    private final int broker;
    private final SimulatedPartition partition;
    private final SimulatedLog log;

    // On disk.
    private boolean trusted;
    private boolean stored;
    long highWatermarkCheckpoint;

    // Of the test.
    EpochPromise promised = EpochPromise.NONE;

    // Of the test: the epoch of its last entry when its promise was lost; -1 if it never was.
    private int epochAtLoss = -1;

    // Of the test: up to where this copy's commits were checked.
    long committedBefore;

    // In memory; lost with the process.
    @Nullable
    SimulatedStore store;

    int leadingEpoch = -1;

    /** What the broker was told of this leadership since it was last told that it leads; null if nothing yet. */
    @Nullable
    List<Integer> inSyncTold;

    @Nullable
    List<Integer> votersTold;

    boolean committedTold;
    boolean handsOver;
    final NavigableMap<Long, Entry> unacknowledged = new TreeMap<>();

    SimulatedCopy(int broker, SimulatedPartition partition, boolean trusted, Voters voters) {
        this.broker = broker;
        this.partition = partition;
        this.trusted = trusted;
        this.log = new SimulatedLog(voters);
    }

    @Override
    public int id() {
        return broker;
    }

    SimulatedPartition partition() {
        return partition;
    }

    @Override
    public SimulatedLog log() {
        return log;
    }

    @Override
    public boolean trustsItself() {
        return trusted;
    }

    /** The broker hears who leads; what it knew of a leadership before is void. */
    void led(int ofEpoch) {
        leadingEpoch = ofEpoch;
        handsOver = false;
        inSyncTold = null;
        votersTold = null;
        committedTold = false;
    }

    /** Whether the disk holds a log of it, be it empty. */
    boolean isStored() {
        return stored;
    }

    void store(SimulatedStore open) {
        stored = true;
        store = open;
    }

    void trust(boolean now) {
        trusted = now;
    }

    void losePromise() {
        promised = EpochPromise.NONE;
        epochAtLoss = log.end().epoch();
    }

    /** Whether the log of one that decides alone has an entry since its promise was lost. */
    boolean tellsEpochsSinceLoss() {
        return log.voters().ids().size() > 1 || log.end().epoch() != epochAtLoss;
    }

    /** The process is gone. */
    void forget() {
        store = null;
        led(-1);
        unacknowledged.clear();
    }

    /** The disk is gone. */
    void wipe(Voters initial) {
        log.wipe(initial);
        promised = EpochPromise.NONE;
        stored = false;
        trusted = false;
        highWatermarkCheckpoint = 0;
    }

    @Override
    public String toString() {
        return partition + " on " + broker + " trusted=" + trusted + " end=" + log.end() + " voters="
                + log.voters().ids();
    }
}
