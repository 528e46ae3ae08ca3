package io.thalweg.launcher.command;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code thalweg check-config}: everything that start checks before it starts anything. */
@Command(
        name = "check-config",
        description = "Checks the settings and starts nothing.",
        mixinStandardHelpOptions = true)
final class CheckConfigCommand implements Callable<Integer> {

    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        StartCommand.checked(settings.load(System.getenv()));
        output.print(new JsonObject().put("valid", true), out -> out.println("the settings are valid"));
        return 0;
    }
}
