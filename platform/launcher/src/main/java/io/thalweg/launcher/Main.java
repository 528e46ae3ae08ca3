package io.thalweg.launcher;

import io.thalweg.launcher.command.ThalwegCommand;

/** Runs a command and leaves with its exit code. */
public final class Main {

    private static final String NETTY_FLIGHT_RECORDER = "io.netty.jfr.enabled";

    private Main() {}

    public static void main(String[] arguments) {
        // Netty would load the flight recorder to be ready for it; whoever wants its events says so with -D.
        if (System.getProperty(NETTY_FLIGHT_RECORDER) == null) {
            System.setProperty(NETTY_FLIGHT_RECORDER, "false");
        }
        System.exit(ThalwegCommand.run(arguments));
    }
}
