package io.thalweg.connectors.runtime.store;

/** What a connector should be doing; Kafka Connect's names. */
public enum TargetState {
    /** Its tasks run. */
    STARTED,
    /** Its tasks do nothing until it is resumed. */
    PAUSED,
    /** It has no tasks; its offsets may be changed. */
    STOPPED
}
