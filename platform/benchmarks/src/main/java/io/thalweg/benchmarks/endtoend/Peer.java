package io.thalweg.benchmarks.endtoend;

import java.io.IOException;

/** A broker under measurement, running as a process on this machine. */
interface Peer extends AutoCloseable {

    String name();

    /** Host and port of its Kafka protocol door. */
    String bootstrap();

    ProcessStats stats() throws IOException;

    /** Of the topics that the cells make. */
    short replicationFactor();

    /** Milliseconds from the process's start to its first answered metadata request. */
    long startMillis();

    /** CPU seconds that the start took. */
    double startCpuSeconds();

    /** Resident memory after the start, in MiB. */
    long residentAfterStartMib();

    @Override
    void close() throws IOException;
}
