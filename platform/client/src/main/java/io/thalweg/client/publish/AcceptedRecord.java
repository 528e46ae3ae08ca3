package io.thalweg.client.publish;

import io.thalweg.client.OutgoingRecord;

/**
 * A record that counts against the buffer until it has an outcome.
 *
 * @param bytes {@link ProduceBatch#bytesOf}
 * @param index within the call that sent it
 */
record AcceptedRecord(
        OutgoingRecord record,
        long bytes,
        long timestampMillis,
        Delivery delivery,
        int index,
        FlushGeneration generation) {}
