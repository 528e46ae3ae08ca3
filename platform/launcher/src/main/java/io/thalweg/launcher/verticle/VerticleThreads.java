package io.thalweg.launcher.verticle;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The threads that a verticle's code runs on, found by their names and by what is on their stacks. */
final class VerticleThreads {

    private VerticleThreads() {}

    /**
     * Where code of a class loader stands: the topmost of its frames on any thread, as {@code class.method(file:line)}; null
     * if it is on the stack of no platform thread. Stops the threads for a moment.
     */
    static @Nullable String place(String loaderName) {
        for (StackTraceElement[] stack : Thread.getAllStackTraces().values()) {
            for (StackTraceElement frame : stack) {
                if (loaderName.equals(frame.getClassLoaderName())) {
                    return frame.getClassName()
                            + '.'
                            + frame.getMethodName()
                            + '('
                            + frame.getFileName()
                            + ':'
                            + frame.getLineNumber()
                            + ')';
                }
            }
        }
        return null;
    }

    /** Interrupts every thread of a worker pool. What sleeps or waits there ends; what computes does not notice. */
    static void interrupt(String poolName) {
        Pattern name = Pattern.compile(Pattern.quote(poolName) + "-\\d+");
        for (Thread thread : all()) {
            if (thread != null && name.matcher(thread.getName()).matches()) {
                thread.interrupt();
            }
        }
    }

    /** Of the whole process; null behind the last. */
    private static @Nullable Thread[] all() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        for (int room = 2 * root.activeCount() + 16; ; room *= 2) {
            @Nullable Thread[] threads = new Thread[room];
            if (root.enumerate(threads) < room) {
                return threads;
            }
        }
    }
}
