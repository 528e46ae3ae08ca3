package io.thalweg.client.publish;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.Producer.SendOutcome;
import io.thalweg.client.RecordMetadata;
import io.vertx.core.Promise;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whom to tell what became of a record. */
interface Delivery {

    /** @param index of the record within the call that sent it */
    void acknowledged(int index, OutgoingRecord record, int partition, long offset, long timestampMillis);

    void failed(int index, Throwable failure);

    /** The caller of a single send. */
    record ToOne(Promise<RecordMetadata> promise) implements Delivery {
        @Override
        public void acknowledged(int index, OutgoingRecord record, int partition, long offset, long timestampMillis) {
            promise.complete(new RecordMetadata(record.topic(), partition, offset, timestampMillis));
        }

        @Override
        public void failed(int index, Throwable failure) {
            promise.fail(failure);
        }
    }

    /** The caller of a send of several; told once, when all have an outcome. */
    final class ToMany implements Delivery {
        private final Promise<List<SendOutcome>> promise;
        private final @Nullable SendOutcome[] outcomes;
        private int missing;

        ToMany(Promise<List<SendOutcome>> promise, int count) {
            this.promise = promise;
            this.outcomes = new SendOutcome[count];
            this.missing = count;
        }

        @Override
        public void acknowledged(int index, OutgoingRecord record, int partition, long offset, long timestampMillis) {
            set(index, new SendOutcome(new RecordMetadata(record.topic(), partition, offset, timestampMillis), null));
        }

        @Override
        public void failed(int index, Throwable failure) {
            set(index, new SendOutcome(null, failure));
        }

        private void set(int index, SendOutcome outcome) {
            if (outcomes[index] != null) {
                throw new IllegalStateException("second outcome for one record: index=" + index);
            }
            outcomes[index] = outcome;
            if (--missing == 0) {
                promise.complete(done());
            }
        }

        @SuppressWarnings("NullAway") // every slot was set before this is called
        private List<SendOutcome> done() {
            return Arrays.asList(outcomes);
        }
    }
}
