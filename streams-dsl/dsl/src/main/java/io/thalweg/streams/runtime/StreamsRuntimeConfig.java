package io.thalweg.streams.runtime;

import java.util.function.Consumer;

/**
 * How an application is run.
 *
 * @param processors event loops that its tasks are spread over; 0 for as many as the machine has processors
 * @param commitMillis how often outputs are waited for and input offsets committed, default 100
 * @param commitBytes commit earlier once a processor produced this much, default 1 MiB
 * @param turnRecordsMax records that a task processes before others have their turn, default 256
 * @param turnNanosMax time after which others have their turn, default 2 ms
 * @param fetchBytesMax of one input partition by one fetch; twice that is read ahead at most, default 256 KiB
 * @param outputBytesMax produced by a processor and not yet acknowledged; its tasks wait beyond, default 8 MiB
 * @param taskIdleMillisMax how long a task waits for a record of an input that is read to its end, so that records of several
 *     inputs are processed in the order of their timestamps; default 0. For what is in the log already it always waits
 * @param stateBytesMax of all stores together; the task that would exceed it fails, default 512 MiB
 * @param sessionTimeoutMillis after which the group gives the tasks of a node that died to others, default 10 s
 * @param stopMillis how long stopping waits for outputs that are not acknowledged, default 10 s
 * @param production what becomes of a record that the broker refuses for good
 */
public record StreamsRuntimeConfig(
        int processors,
        int commitMillis,
        int commitBytes,
        int turnRecordsMax,
        long turnNanosMax,
        int fetchBytesMax,
        long outputBytesMax,
        int taskIdleMillisMax,
        long stateBytesMax,
        int sessionTimeoutMillis,
        int stopMillis,
        ProductionPolicy production) {

    /** What becomes of a record that the broker refuses, for example as too large. */
    public enum ProductionPolicy {
        /** The task fails; nothing after it is committed. */
        FAIL,
        /** It is left out, counted and logged. Changes of stores are never left out. */
        SKIP
    }

    public StreamsRuntimeConfig {
        check("processors", processors, 0, 1_024);
        check("commitMillis", commitMillis, 1, 600_000);
        check("commitBytes", commitBytes, 1, Integer.MAX_VALUE);
        check("turnRecordsMax", turnRecordsMax, 1, 1 << 20);
        check("turnNanosMax", turnNanosMax, 1, 1_000_000_000);
        check("fetchBytesMax", fetchBytesMax, 1, 64 << 20);
        check("outputBytesMax", outputBytesMax, 1, 1L << 40);
        check("taskIdleMillisMax", taskIdleMillisMax, 0, 600_000);
        check("stateBytesMax", stateBytesMax, 1, Long.MAX_VALUE);
        check("sessionTimeoutMillis", sessionTimeoutMillis, 1, 3_600_000);
        check("stopMillis", stopMillis, 0, 600_000);
    }

    public static StreamsRuntimeConfig defaults() {
        return new StreamsRuntimeConfig(
                0,
                100,
                1 << 20,
                256,
                2_000_000,
                256 << 10,
                8 << 20,
                0,
                512L << 20,
                10_000,
                10_000,
                ProductionPolicy.FAIL);
    }

    public StreamsRuntimeConfig withProcessors(int count) {
        return with(draft -> draft.processors = count);
    }

    public StreamsRuntimeConfig withCommitMillis(int millis) {
        return with(draft -> draft.commitMillis = millis);
    }

    public StreamsRuntimeConfig withTaskIdleMillisMax(int millis) {
        return with(draft -> draft.taskIdleMillisMax = millis);
    }

    public StreamsRuntimeConfig withStateBytesMax(long bytes) {
        return with(draft -> draft.stateBytesMax = bytes);
    }

    public StreamsRuntimeConfig withProduction(ProductionPolicy policy) {
        return with(draft -> draft.production = policy);
    }

    private StreamsRuntimeConfig with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.build();
    }

    /** The same fields, mutable for the length of one change. */
    private static final class Draft {
        int processors;
        int commitMillis;
        int commitBytes;
        int turnRecordsMax;
        long turnNanosMax;
        int fetchBytesMax;
        long outputBytesMax;
        int taskIdleMillisMax;
        long stateBytesMax;
        int sessionTimeoutMillis;
        int stopMillis;
        ProductionPolicy production;

        Draft(StreamsRuntimeConfig from) {
            processors = from.processors;
            commitMillis = from.commitMillis;
            commitBytes = from.commitBytes;
            turnRecordsMax = from.turnRecordsMax;
            turnNanosMax = from.turnNanosMax;
            fetchBytesMax = from.fetchBytesMax;
            outputBytesMax = from.outputBytesMax;
            taskIdleMillisMax = from.taskIdleMillisMax;
            stateBytesMax = from.stateBytesMax;
            sessionTimeoutMillis = from.sessionTimeoutMillis;
            stopMillis = from.stopMillis;
            production = from.production;
        }

        StreamsRuntimeConfig build() {
            return new StreamsRuntimeConfig(
                    processors,
                    commitMillis,
                    commitBytes,
                    turnRecordsMax,
                    turnNanosMax,
                    fetchBytesMax,
                    outputBytesMax,
                    taskIdleMillisMax,
                    stateBytesMax,
                    sessionTimeoutMillis,
                    stopMillis,
                    production);
        }
    }

    private static void check(String name, long found, long min, long max) {
        if (found < min || found > max) {
            throw new IllegalArgumentException("streams: " + name + "=" + found + " expected=" + min + " to " + max);
        }
    }
}
