package io.thalweg.launcher.command;

import io.thalweg.launcher.config.Settings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code thalweg print-config}: the settings that start would use, secrets left out. */
@Command(
        name = "print-config",
        description = "Prints the settings that start would use, secrets redacted.",
        mixinStandardHelpOptions = true)
final class PrintConfigCommand implements Callable<Integer> {

    @Mixin
    private final SettingsOptions options = new SettingsOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        Settings settings = options.load(System.getenv());
        output.print(settings.redacted(), out -> out.println(settings.redacted().encodePrettily()));
        return 0;
    }
}
