package io.thalweg.replication.simulation;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The log writer of one machine: takes everything that waits, flushes it together, and then lets it be seen, in order; what clients
 * append is shown to its log before that. When the process dies meanwhile, some of it, up to some point, is in the logs.
 */
final class SimulatedWriter {

    private final Agenda agenda;
    private final LongSupplier flushMicros;
    private final Consumer<Runnable> whenRunning;
    private final BooleanSupplier noSpace;

    private List<Operation> waiting = new ArrayList<>();
    private List<Operation> flushing = List.of();
    private @Nullable IOException failure;
    private boolean dead;

    /** What a client appends. */
    interface ClientAppend {
        /** It is put together with others, and will be flushed. Throws what it is refused with. */
        void stage();

        /** It is in the log. */
        void apply();

        /** It could not be written. */
        void lost();
    }

    /**
     * @param append of a client; null for anything else
     * @param apply changes a log; throws what the operation fails with
     * @param done told when that is flushed
     */
    private record Operation(@Nullable ClientAppend append, Runnable apply, Promise<Void> done) {}

    /**
     * @param whenRunning runs a task when the process runs, which it may not for a while
     * @param noSpace whether what clients append finds no space this time
     */
    SimulatedWriter(Agenda agenda, LongSupplier flushMicros, Consumer<Runnable> whenRunning, BooleanSupplier noSpace) {
        this.agenda = agenda;
        this.flushMicros = flushMicros;
        this.whenRunning = whenRunning;
        this.noSpace = noSpace;
    }

    Future<Void> write(Runnable apply) {
        return add(null, apply);
    }

    Future<Void> write(ClientAppend append) {
        return add(append, append::apply);
    }

    private Future<Void> add(@Nullable ClientAppend append, Runnable apply) {
        Promise<Void> done = Promise.promise();
        if (failure != null) {
            IOException failed = failure;
            agenda.after(1, () -> fail(done, failed));
        } else {
            waiting.add(new Operation(append, apply, done));
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
        flushing = nextGroup();
        if (flushing.isEmpty()) {
            agenda.after(1, () -> whenRunning.accept(this::flush));
            return;
        }
        agenda.after(flushMicros.getAsLong(), () -> whenRunning.accept(this::flushed));
    }

    /** Appends of clients go together, and other work together: those are the broker's groups. */
    private List<Operation> nextGroup() {
        boolean ofClients = waiting.get(0).append() != null;
        List<Operation> group = new ArrayList<>();
        while (!waiting.isEmpty() && (waiting.get(0).append() != null) == ofClients) {
            Operation operation = waiting.remove(0);
            ClientAppend append = operation.append();
            try {
                if (append != null) {
                    append.stage();
                }
                group.add(operation);
            } catch (IllegalArgumentException refused) {
                agenda.after(1, () -> whenRunning.accept(() -> refuse(operation.done(), refused)));
            }
        }
        return group;
    }

    private void refuse(Promise<Void> done, IllegalArgumentException refused) {
        if (!dead) {
            done.fail(refused);
        }
    }

    private void flushed() {
        if (dead || failure != null) {
            return;
        }
        if (flushing.get(0).append() != null && noSpace.getAsBoolean()) {
            loseFlushing();
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

    private void loseFlushing() {
        List<Operation> group = flushing;
        flushing = List.of();
        for (Operation operation : group) {
            Objects.requireNonNull(operation.append()).lost();
            if (dead) {
                return;
            }
            operation.done().fail(new IllegalArgumentException("no space"));
        }
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
