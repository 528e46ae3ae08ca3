package io.thalweg.log;

/** What an append that succeeded survives. */
public enum Durability {
    /** A power cut: the group was flushed to the journal before it was answered. */
    FSYNC,
    /** The death of the process: the group is in the operating system's page cache. */
    OS
}
