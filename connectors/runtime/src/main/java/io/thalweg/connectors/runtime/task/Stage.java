package io.thalweg.connectors.runtime.task;

/** Where a record was when it could not be handled; Kafka Connect's names. */
public enum Stage {
    KEY_CONVERTER,
    VALUE_CONVERTER,
    HEADER_CONVERTER,
    TRANSFORMATION,
    TASK_PUT,
    KAFKA_PRODUCE
}
