package io.thalweg.connectors.process;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What children print, in the node's log: without their secrets, and not more than so many lines in ten seconds. Thread-safe. */
final class ChildLog {

    private static final Logger LOGGER = LoggerFactory.getLogger(ChildLog.class);
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ProcessConfig config;
    private final Redaction redaction;
    private long windowStartNanos = System.nanoTime();
    private int lines;
    private long suppressed;

    ChildLog(ProcessConfig config, Redaction redaction) {
        this.config = config;
        this.redaction = redaction;
    }

    void stderr(String line) {
        log(Level.INFO, "stderr", line);
    }

    void message(String level, String message) {
        log(
                switch (level.toLowerCase(Locale.ROOT)) {
                    case "error", "fatal", "critical" -> Level.ERROR;
                    case "warn", "warning" -> Level.WARN;
                    case "debug" -> Level.DEBUG;
                    case "trace" -> Level.TRACE;
                    default -> Level.INFO;
                },
                "says",
                message);
    }

    private synchronized void log(Level level, String how, String text) {
        long now = System.nanoTime();
        if (now - windowStartNanos > WINDOW_NANOS) {
            if (suppressed > 0) {
                LOGGER.atWarn()
                        .addKeyValue("connector", config.connector())
                        .addKeyValue("task", config.task())
                        .addKeyValue("lines", suppressed)
                        .log("a child process printed more than stderr.lines.max; the rest is not shown");
            }
            windowStartNanos = now;
            lines = 0;
            suppressed = 0;
        }
        if (lines >= config.stderrLinesMax()) {
            suppressed++;
            return;
        }
        lines++;
        LOGGER.atLevel(level)
                .addKeyValue("connector", config.connector())
                .addKeyValue("task", config.task())
                .addKeyValue(how, redaction.apply(text))
                .log("child process");
    }
}
