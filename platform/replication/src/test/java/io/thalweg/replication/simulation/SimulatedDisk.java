package io.thalweg.replication.simulation;

import io.thalweg.environment.FileSystem;
import io.thalweg.replication.promise.PromiseStore;
import io.thalweg.testkit.InMemoryFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The disk of one machine: how long it takes to flush, and the files on it, which are those of promises. The logs are
 * {@link SimulatedLog}s.
 */
final class SimulatedDisk {

    static final Path DIRECTORY = Path.of("/data");

    private final NodesSimulation simulation;
    private final SplittableRandom random;
    private final Deque<Runnable> underway = new ArrayDeque<>();
    private InMemoryFileSystem files = InMemoryFileSystem.with(DIRECTORY);
    private long slowUntilMicros;
    private long hungUntilMicros;
    private boolean failed;

    /** @param random of the machine */
    SimulatedDisk(NodesSimulation simulation, SplittableRandom random) {
        this.simulation = simulation;
        this.random = random;
    }

    /** Where promises are. */
    FileSystem promiseFiles() {
        return simulation.breaks(NodesBrokenRule.PROMISES_IN_THE_PAGE_CACHE) ? new UnflushedFileSystem(files) : files;
    }

    FileSystem files() {
        return files;
    }

    // ---- how long it takes

    long flushMicros() {
        boolean slow = simulation.nowMicros() < slowUntilMicros;
        // One after the other they would take longer than a run waits for its end.
        boolean stalls = random.nextInt(200) == 0 && !simulation.isQuiet();
        return Math.max(0, hungUntilMicros - simulation.nowMicros())
                + 100
                + random.nextLong(800)
                + (slow || stalls ? random.nextLong(300_000) : 0);
    }

    /** Of what clients append: the platform's own appends have their space. */
    boolean findsNoSpace() {
        return !simulation.faults().isCalm() && !simulation.losesUnflushed() && random.nextInt(300) == 0;
    }

    /** What is done with files from now on. The result does it, unless the process ends before. */
    Runnable begin(Runnable task) {
        underway.add(task);
        return () -> {
            underway.remove(task);
            if (failed) {
                files.failNextForce();
            }
            task.run();
        };
    }

    /** The log writer has flushed, or, with durability {@code os}, only written. */
    void written(SimulatedLog log) {
        if (simulation.losesUnflushed()) {
            long upTo = log.end().offset();
            simulation
                    .agenda()
                    .after(1_000_000, () -> log.forced(Math.min(upTo, log.end().offset())));
        } else {
            log.forced(log.end().offset());
        }
    }

    boolean readsSlowly() {
        return random.nextInt(8) == 0;
    }

    long readMicros() {
        return 1 + random.nextLong(20_000);
    }

    // ---- what happens to it

    void slow(long micros) {
        slowUntilMicros = simulation.nowMicros() + micros;
    }

    /** Whatever is written now is flushed after that. */
    void hang(long micros) {
        hungUntilMicros = simulation.nowMicros() + micros;
    }

    boolean hangs() {
        return simulation.nowMicros() < hungUntilMicros;
    }

    /** Until the process ends. */
    void fail() {
        failed = true;
    }

    void repair() {
        failed = false;
    }

    boolean hasFailed() {
        return failed;
    }

    /** What is under way is not done any more. */
    void processEnded() {
        underway.clear();
    }

    void processKilled() {
        files.killProcess();
    }

    /** Before the process ends of it: what the power cut interrupts, if it does that somewhere in the middle. */
    @Nullable
    Runnable torn() {
        boolean tears = !underway.isEmpty() && random.nextBoolean();
        return tears ? underway.peek() : null;
    }

    /** What was not flushed may be gone. */
    void cutPower(@Nullable Runnable torn) {
        if (torn != null) {
            files.powerOffAfter(random.nextInt(3));
            torn.run();
        }
        files.crash(random.nextLong());
    }

    void replace() {
        files = InMemoryFileSystem.with(DIRECTORY);
    }

    void deletePromises() {
        try {
            files.delete(DIRECTORY.resolve(PromiseStore.FILE));
            files.syncDirectory(DIRECTORY);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
