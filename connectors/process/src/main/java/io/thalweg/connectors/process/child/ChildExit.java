package io.thalweg.connectors.process.child;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a child ended.
 *
 * @param code what it returned; 128 + n if signal n ended it; -1 if it was never started
 * @param stderr its last lines
 * @param failure why the host ended it, or could not start it; null if it ended by itself
 */
public record ChildExit(
        int code, List<String> stderr, @Nullable Exception failure) {

    public ChildExit {
        stderr = List.copyOf(stderr);
    }

    public boolean clean() {
        return code == 0 && failure == null;
    }

    /** For a failure's message: the code or the cause, then what it last wrote to stderr. */
    public String describe() {
        StringBuilder text = new StringBuilder();
        if (failure != null) {
            text.append(failure.getMessage());
        } else {
            text.append("exitCode=").append(code);
            if (code > 128 && code < 128 + 65) {
                text.append(" (signal ").append(code - 128).append(')');
            }
        }
        if (!stderr.isEmpty()) {
            text.append("; last lines of stderr:");
            stderr.forEach(line -> text.append("\n  ").append(line));
        }
        return text.toString();
    }
}
