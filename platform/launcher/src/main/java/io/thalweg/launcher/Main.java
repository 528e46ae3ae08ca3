package io.thalweg.launcher;

import io.thalweg.launcher.command.ThalwegCommand;

/** Runs a command and leaves with its exit code. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(ThalwegCommand.run(arguments));
    }
}
