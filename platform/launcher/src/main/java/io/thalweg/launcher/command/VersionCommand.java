package io.thalweg.launcher.command;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code thalweg version}. */
@Command(name = "version", description = "Prints the version.", mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer> {

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        output.print(
                new JsonObject()
                        .put("version", Version.current())
                        .put("java", Runtime.version().toString()),
                out -> out.println("thalweg " + Version.current()));
        return 0;
    }
}
