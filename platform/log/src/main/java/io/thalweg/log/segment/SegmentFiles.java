package io.thalweg.log.segment;

import java.nio.file.Path;

/** Names of files in a log's directory. */
public final class SegmentFiles {

    public static final String LOG = ".log";
    public static final String INDEX = ".index";
    public static final String TIME_INDEX = ".timeindex";
    public static final String TXN_INDEX = ".txnindex";
    public static final String SNAPSHOT = ".snapshot";
    public static final String DELETED = ".deleted";
    public static final String CLEANED = ".cleaned";
    public static final String SWAP = ".swap";

    private static final int DIGITS = 20;

    private SegmentFiles() {}

    /** {@code offset} in 20 digits, then {@code suffix}. */
    public static Path path(Path directory, long offset, String suffix) {
        return directory.resolve(name(offset, suffix));
    }

    public static String name(long offset, String suffix) {
        String digits = Long.toString(offset);
        return "0".repeat(DIGITS - digits.length()) + digits + suffix;
    }

    /** The offset in {@code name}; -1 if it is not 20 digits and {@code suffix}. */
    public static long offset(String name, String suffix) {
        if (name.length() != DIGITS + suffix.length() || !name.endsWith(suffix)) {
            return -1;
        }
        try {
            return Long.parseLong(name, 0, DIGITS, 10);
        } catch (NumberFormatException other) {
            return -1;
        }
    }
}
