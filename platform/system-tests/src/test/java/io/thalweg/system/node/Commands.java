package io.thalweg.system.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Commands of the operating system. */
public final class Commands {

    private Commands() {}

    /** Runs a command to its end; throws with its output if it fails. */
    public static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("command failed: command=" + command + " output=" + output);
        }
    }
}
