package io.thalweg.client;

/**
 * Where a record landed.
 *
 * @param timestampMillis of the record in the log
 */
public record RecordMetadata(String topic, int partition, long offset, long timestampMillis) {}
