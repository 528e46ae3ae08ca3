package io.thalweg.benchmarks.endtoend;

import java.util.Locale;

/**
 * One run of one cell against one peer. A figure that the cell does not measure is NaN.
 *
 * @param recordsPerSecond throughput
 * @param megabytesPerSecond of payload, in units of 2^20
 * @param cpuSecondsPerGib of the broker's process, for each GiB of payload
 * @param cpuMicrosPerRecord of the broker's process
 * @param p50Millis latency, median
 * @param residentMib of all the broker's processes
 * @param gapMillis the longest time without an acknowledgement
 */
record Measurement(
        double recordsPerSecond,
        double megabytesPerSecond,
        double cpuSecondsPerGib,
        double cpuMicrosPerRecord,
        double p50Millis,
        double p99Millis,
        double p999Millis,
        long residentMib,
        int openFiles,
        double gapMillis) {

    private static final double GIB = 1L << 30;
    private static final double MIB = 1L << 20;

    static Measurement of(
            long records, long bytes, double seconds, double cpuSeconds, double[] latenciesMillis, ProcessStats after) {
        return new Measurement(
                records / seconds,
                bytes / MIB / seconds,
                cpuSeconds / (bytes / GIB),
                cpuSeconds * 1e6 / records,
                latenciesMillis[0],
                latenciesMillis[1],
                latenciesMillis[2],
                after.residentMib(),
                after.openFiles(),
                Double.NaN);
    }

    /** Of a cell that takes a broker away. */
    static Measurement ofGap(double gapMillis, double recordsPerSecond, double[] latenciesMillis, ProcessStats after) {
        return new Measurement(
                recordsPerSecond,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                latenciesMillis[0],
                latenciesMillis[1],
                latenciesMillis[2],
                after.residentMib(),
                after.openFiles(),
                gapMillis);
    }

    static double[] noLatencies() {
        return new double[] {Double.NaN, Double.NaN, Double.NaN};
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,.0f rec/s  %.1f MiB/s  %.2f cpu s/GiB  %.1f cpu us/rec  p50=%.3f p99=%.3f p99.9=%.3f ms  rss=%d MiB fds=%d gap=%.0f ms",
                recordsPerSecond,
                megabytesPerSecond,
                cpuSecondsPerGib,
                cpuMicrosPerRecord,
                p50Millis,
                p99Millis,
                p999Millis,
                residentMib,
                openFiles,
                gapMillis);
    }
}
