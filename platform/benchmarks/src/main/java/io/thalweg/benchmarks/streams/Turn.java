package io.thalweg.benchmarks.streams;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What a turn took: CPU of the whole process, the collector and the compiler among it. */
record Turn(long records, long cpuNanos, long sent) {

    double recordsPerCpuSecond() {
        return records * 1e9 / cpuNanos;
    }

    static long processCpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
}
