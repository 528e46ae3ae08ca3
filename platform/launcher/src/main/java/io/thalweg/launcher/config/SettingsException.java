package io.thalweg.launcher.config;

import java.util.List;
import java.util.stream.Collectors;

/** The settings are wrong; nothing was started. The message has one line for each problem. */
public final class SettingsException extends Exception {

    private final List<SettingsProblem> problems;

    public SettingsException(List<SettingsProblem> problems) {
        super(problems.stream().map(SettingsProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<SettingsProblem> problems() {
        return problems;
    }
}
