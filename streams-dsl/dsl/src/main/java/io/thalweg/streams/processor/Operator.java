package io.thalweg.streams.processor;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node at work in one task: takes records and passes what it makes of them to those downstream by plain calls. Confined to the
 * thread of its task. Values are {@code Object} here because the DSL has checked the types already.
 */
abstract class Operator {

    private Operator next = Nowhere.INSTANCE;
    private long forwarded;

    /** A record of a stream. */
    abstract void process(
            @Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers);

    /**
     * An update of a table.
     *
     * @param oldValue what the row was before, if {@link #enableOldValues} was asked for upstream; else null
     */
    void change(
            Object key,
            @Nullable Object newValue,
            @Nullable Object oldValue,
            long timestampMillis,
            List<RecordHeader> headers) {
        throw new IllegalStateException(getClass().getSimpleName() + " does not read a table");
    }

    /** Called once when everything is connected, upstream first; stores are empty still. */
    void open() {}

    /** Called when the stores are restored, before the first record. */
    void restored() {}

    /** What takes the records of the node's {@code index}-th input; null if that input is only looked up in. */
    @Nullable
    Operator input(int index) {
        return this;
    }

    /** Appends a receiver to one of the outputs. */
    void connect(String port, Operator downstream) {
        if (!port.isEmpty()) {
            throw new IllegalStateException(getClass().getSimpleName() + " has no output " + port);
        }
        next = FanOut.append(next, downstream);
    }

    /** Asks a table to send old values with its updates; true if it will. */
    boolean enableOldValues() {
        throw new IllegalStateException(getClass().getSimpleName() + " is not a table");
    }

    /** Reads the table that this node is, as of now. */
    TableLookup lookup() {
        throw new IllegalStateException(getClass().getSimpleName() + " is not a table");
    }

    /** Records that left this node. */
    long forwarded() {
        return forwarded;
    }

    final void count() {
        forwarded++;
    }

    final void forward(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
        forwarded++;
        next.process(key, value, timestampMillis, headers);
    }

    final void forwardChange(
            Object key,
            @Nullable Object newValue,
            @Nullable Object oldValue,
            long timestampMillis,
            List<RecordHeader> headers) {
        forwarded++;
        next.change(key, newValue, oldValue, timestampMillis, headers);
    }

    /** The end of a branch that nobody reads. */
    static final class Nowhere extends Operator {
        static final Nowhere INSTANCE = new Nowhere();

        @Override
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {}

        @Override
        void change(
                Object key,
                @Nullable Object newValue,
                @Nullable Object oldValue,
                long timestampMillis,
                List<RecordHeader> headers) {}
    }

    /** Several receivers, served in the order of definition. */
    static final class FanOut extends Operator {
        private final Operator[] receivers;

        private FanOut(Operator[] receivers) {
            this.receivers = receivers;
        }

        static Operator append(Operator before, Operator added) {
            if (before == Nowhere.INSTANCE) {
                return added;
            }
            Operator[] old = before instanceof FanOut fanOut ? fanOut.receivers : new Operator[] {before};
            Operator[] all = java.util.Arrays.copyOf(old, old.length + 1);
            all[old.length] = added;
            return new FanOut(all);
        }

        @Override
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            for (Operator receiver : receivers) {
                receiver.process(key, value, timestampMillis, headers);
            }
        }

        @Override
        void change(
                Object key,
                @Nullable Object newValue,
                @Nullable Object oldValue,
                long timestampMillis,
                List<RecordHeader> headers) {
            for (Operator receiver : receivers) {
                receiver.change(key, newValue, oldValue, timestampMillis, headers);
            }
        }
    }
}
