package io.thalweg.replication.simulation;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The log writer of one machine: takes everything that waits, flushes it together, and then lets it be seen, in order. When
 * the process dies meanwhile, some of it, up to some point, is in the logs.
 */
final class SimulatedWriter {

    private final Agenda agenda;
    private final LongSupplier flushMicros;
    private final Consumer<Runnable> whenRunning;

    private List<Operation> waiting = new ArrayList<>();
    private List<Operation> flushing = List.of();
    private @Nullable IOException failure;
    private boolean dead;

    /**
     * @param apply changes a log; throws what the operation fails with
     * @param done told when that is flushed
     */
    private record Operation(Runnable apply, Promise<Void> done) {}

    /** @param whenRunning runs a task when the process runs, which it may not for a while */
    SimulatedWriter(Agenda agenda, LongSupplier flushMicros, Consumer<Runnable> whenRunning) {
        this.agenda = agenda;
        this.flushMicros = flushMicros;
        this.whenRunning = whenRunning;
    }

    Future<Void> write(Runnable apply) {
        Promise<Void> done = Promise.promise();
        if (failure != null) {
            IOException failed = failure;
            agenda.after(1, () -> fail(done, failed));
        } else {
            waiting.add(new Operation(apply, done));
            flush();
        }
        return done.future();
    }

    private void fail(Promise<Void> done, IOException failed) {
        if (!dead) {
            done.fail(failed);
        }
    }

    private void flush() {
        if (!flushing.isEmpty() || waiting.isEmpty()) {
            return;
        }
        flushing = waiting;
        waiting = new ArrayList<>();
        agenda.after(flushMicros.getAsLong(), () -> whenRunning.accept(this::flushed));
    }

    private void flushed() {
        if (dead || failure != null) {
            return;
        }
        List<Operation> done = flushing;
        for (Operation operation : done) {
            RuntimeException refused = null;
            try {
                operation.apply().run();
            } catch (IllegalArgumentException refusal) {
                refused = refusal;
            }
            if (dead) {
                return;
            }
            if (refused == null) {
                operation.done().complete();
            } else {
                operation.done().fail(refused);
            }
        }
        flushing = List.of();
        flush();
    }

    /** The process dies: of what was being written, a part is in the logs. */
    void die(SplittableRandom random) {
        dead = true;
        int kept = flushing.isEmpty() ? 0 : random.nextInt(flushing.size() + 1);
        for (Operation operation : flushing.subList(0, kept)) {
            try {
                operation.apply().run();
            } catch (IllegalArgumentException refused) {
                // As it would have been.
            }
        }
        flushing = List.of();
        waiting = List.of();
    }

    /** The disk answers with errors from now on. */
    void failDisk() {
        failure = new IOException("Input/output error");
        List<Operation> lost = new ArrayList<>(flushing);
        lost.addAll(waiting);
        flushing = List.of();
        waiting = new ArrayList<>();
        IOException failed = failure;
        lost.forEach(operation -> fail(operation.done(), failed));
    }
}
