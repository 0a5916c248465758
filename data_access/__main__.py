from data_access.cli.main import main

main()
