package io.thalweg.launcher.command;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and SIGINT: the first asks for an ordered stop, after which the process exits 0 (a shutdown hook could not do
 * that: the JVM exits 143 then); the second ends the process at once.
 */
final class TerminationSignal {

    private static final Logger LOGGER = LoggerFactory.getLogger(TerminationSignal.class);

    private static final int EXIT_AT_ONCE = 130;

    private final CompletableFuture<Void> asked = new CompletableFuture<>();

    private TerminationSignal() {}

    /**
     * Takes the signals over. By reflection: the JDK exports sun.misc.Signal (jdk.unsupported) for want of a replacement,
     * and the compiler warns of it in a way that cannot be switched off.
     */
    static TerminationSignal install() {
        TerminationSignal termination = new TerminationSignal();
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    TerminationSignal.class.getClassLoader(),
                    new Class<?>[] {handlerType},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            termination.onSignal();
                        }
                        return null;
                    });
            Method handle = signal.getMethod("handle", signal, handlerType);
            for (String name : new String[] {"TERM", "INT"}) {
                handle.invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
            }
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOGGER.atWarn().setCause(e).log("this JVM leaves no way to stop in order on a signal");
        }
        return termination;
    }

    private void onSignal() {
        if (!asked.complete(null)) {
            Runtime.getRuntime().halt(EXIT_AT_ONCE);
        }
    }

    /** Blocks until the first signal. */
    void await() throws InterruptedException {
        Blocking.await(asked);
    }

    /** Complete from the first signal on. */
    CompletableFuture<Void> asked() {
        return asked;
    }
}
