package io.thalweg.launcher;

import io.thalweg.launcher.command.ThalwegCommand;

/** Runs a command and leaves with its exit code. */
public final class Main {

    private static final String NETTY_FLIGHT_RECORDER = "io.netty.jfr.enabled";
    private static final String HAZELCAST_LOGGING = "hazelcast.logging.type";

    private Main() {}

    public static void main(String[] arguments) {
        // Netty would load the flight recorder to be ready for it; whoever wants its events says so with -D.
        if (System.getProperty(NETTY_FLIGHT_RECORDER) == null) {
            System.setProperty(NETTY_FLIGHT_RECORDER, "false");
        }
        // What Hazelcast says before it has read its configuration would go to the JDK's own logging, which costs to
        // start.
        if (System.getProperty(HAZELCAST_LOGGING) == null) {
            System.setProperty(HAZELCAST_LOGGING, "slf4j");
        }
        System.exit(ThalwegCommand.run(arguments));
    }
}
