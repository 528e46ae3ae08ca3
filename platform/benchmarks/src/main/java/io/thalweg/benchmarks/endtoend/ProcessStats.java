package io.thalweg.benchmarks.endtoend;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the operating system says of a process.
 *
 * @param cpuSeconds user and system time since its start, in steps of 10 ms
 * @param residentMib memory resident now
 * @param openFiles file descriptors in use
 */
record ProcessStats(double cpuSeconds, long residentMib, int openFiles) {

    private static final double TICKS_PER_SECOND = 100;
    private static final int PAGES_PER_MIB = 256;

    static ProcessStats of(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        // The second field is the command in parentheses and may contain blanks.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        double cpu = (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
        String[] memory = Files.readString(Path.of("/proc/" + pid + "/statm")).split(" ");
        int files = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path ignored : descriptors) {
                files++;
            }
        }
        return new ProcessStats(cpu, Long.parseLong(memory[1]) / PAGES_PER_MIB, files);
    }
}
