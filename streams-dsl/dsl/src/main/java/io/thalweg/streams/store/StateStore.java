package io.thalweg.streams.store;

import io.thalweg.streams.topology.StoreSpec;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the stores of a task have in common. Confined to the task's thread. */
public abstract class StateStore {

    /** Roughly what an entry costs beside its key and value: its object, its slot in the table, array headers. */
    static final int ENTRY_BYTES = 88;

    private static final int STEP_BYTES = 16 * 1024;

    private final StoreSpec spec;
    private final StateBudget budget;
    private long heldBytes;
    private long reservedBytes;

    StateStore(StoreSpec spec, StateBudget budget) {
        this.spec = spec;
        this.budget = budget;
    }

    public final StoreSpec spec() {
        return spec;
    }

    public final String name() {
        return spec.name();
    }

    /** Takes over a record of the changelog; in the order of the changelog, before the task's first record. */
    public abstract void restore(byte[] key, byte @Nullable [] value, long timestampMillis);

    /** Up to where time had come in what the changelog tells; before {@link #restore}. Of no meaning where nothing expires. */
    public void resumeAt(long observedMillis) {}

    /** The greatest time of a row that it was told of, by which others expire; -1 for none, or where nothing expires. */
    public long observedMillis() {
        return -1;
    }

    /** Shows every row that is alive, in no order. */
    public abstract void forEach(Consumer<StoreRow> row);

    /** Shows the rows of a key, oldest first. */
    public abstract void forEach(byte[] key, Consumer<StoreRow> row);

    /** Rows held, those that wait to be thrown away among them. */
    public abstract long size();

    /** Estimate of the memory held. */
    public final long heldBytes() {
        return heldBytes;
    }

    /** Gives the memory back to the budget; the store is not used afterwards. */
    public final void close() {
        if (reservedBytes != 0) {
            budget.reserve(-reservedBytes);
            reservedBytes = 0;
        }
        heldBytes = 0;
    }

    /** Takes account of growth, asking the budget in steps. */
    final void grow(long bytes) {
        heldBytes += bytes;
        long lacking = heldBytes - reservedBytes;
        if (lacking > 0 || lacking < -4 * STEP_BYTES) {
            long step = lacking > 0 ? Math.max(lacking, STEP_BYTES) : lacking + STEP_BYTES;
            budget.reserve(step);
            reservedBytes += step;
        }
    }
}
