package io.thalweg.connectors.process.child;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to start and how. The environment is all that the child gets.
 *
 * @param name of its threads, for example {@code orders-0}
 * @param arguments command and arguments; the operator's policy was asked before
 * @param scratch where pipes are made: a directory that only its owner may enter
 * @param lineBytesMax longest line of stdout, without its end
 */
public record ChildCommand(
        String name,
        List<String> arguments,
        Map<String, String> environment,
        Path directory,
        Path scratch,
        int lineBytesMax) {

    public ChildCommand {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("command is empty");
        }
    }

    /** The environment may hold secrets, and so may the arguments. */
    @Override
    public String toString() {
        return "ChildCommand[name=" + name + ", command=" + arguments.get(0) + "]";
    }
}
