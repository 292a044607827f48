int psg_cli_placeholder;
