package io.thalweg.log;

/** Who sets the timestamps of records. */
public enum TimestampType {
    CREATE_TIME,
    LOG_APPEND_TIME
}
