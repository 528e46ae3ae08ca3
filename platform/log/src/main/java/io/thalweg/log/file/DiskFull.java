package io.thalweg.log.file;

import java.io.IOException;
import java.util.Locale;

/** Tells a disk that is full, which mends itself when space is freed, from one that fails. */
public final class DiskFull {

    private DiskFull() {}

    /** The JDK has no type for it: the operating system's words are all there is. */
    public static boolean is(IOException failure) {
        String message = failure.getMessage();
        if (message == null) {
            return false;
        }
        String words = message.toLowerCase(Locale.ROOT);
        return words.contains("no space left")
                || words.contains("quota exceeded")
                || words.contains("not enough space")
                || words.contains("file too large");
    }
}
