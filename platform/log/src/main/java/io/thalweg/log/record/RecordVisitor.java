package io.thalweg.log.record;

/** Receives what a {@link RecordReader} decodes, in offset order. */
public interface RecordVisitor {

    /**
     * Called before the records of a batch.
     *
     * @return false to skip them, without the cost of inflating them; control batches are skipped unless overridden
     */
    default boolean onBatch(BatchHeader batch) {
        return !batch.isControl();
    }

    /** @return false to stop reading altogether */
    boolean onRecord(DecodedRecord record);
}
