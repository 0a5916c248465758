"""Sentences for problems: code → (Vietnamese, English). {names} are the facts of the problem."""

TEXTS: dict[str, tuple[str, str]] = {
    "pg_version": (
        "Thư mục dữ liệu {path} được tạo bằng PostgreSQL {found}, chương trình này dùng PostgreSQL {expected}. "
        "Chạy `make clean-data` để tạo lại dữ liệu mẫu, hoặc đặt OPS_DATA_DIR sang thư mục khác.",
        "The data directory {path} was made by PostgreSQL {found}; this program runs PostgreSQL {expected}. "
        "Run `make clean-data` to generate the demo data anew, or set OPS_DATA_DIR to another directory.",
    ),
    "pg_half_made": (
        "Thư mục dữ liệu {path} khởi tạo dở dang. Chạy `make clean-data` rồi chạy lại.",
        "The data directory {path} was left half-made. Run `make clean-data` and start again.",
    ),
    "pg_start_failed": (
        "Không khởi động được PostgreSQL tại {path}: {reason}",
        "PostgreSQL did not start in {path}: {reason}",
    ),
    "registry_unreadable": (
        "Không đọc được danh mục xã, phường {path}: {reason}. Kiểm tra đường dẫn OPS_WARD_REGISTRY.",
        "The ward registry {path} can't be read: {reason}. Check the path in OPS_WARD_REGISTRY.",
    ),
    "registry_encoding": (
        "{path}, dòng {line}: tệp không phải UTF-8. Lưu lại tệp dưới dạng “CSV UTF-8” rồi thử lại.",
        "{path}, line {line}: the file is not UTF-8. Save it as “CSV UTF-8” and try again.",
    ),
    "registry_column": (
        "{path}, dòng {line}: thiếu cột {key}. Thêm cột này vào dòng tiêu đề và dữ liệu.",
        "{path}, line {line}: column {key} is missing. Add it to the header and the rows.",
    ),
    "registry_duplicate": (
        "{path}, dòng {line}: ward_code {key} đã có ở dòng {first}. "
        "Mỗi mã chỉ được xuất hiện một lần; xoá hoặc sửa một trong hai dòng.",
        "{path}, line {line}: ward_code {key} already stands in line {first}. "
        "A code may occur once; delete or correct one of the two lines.",
    ),
    "registry_district": (
        "{path}, dòng {line}: district_code {key} mang tên “{found}”, các dòng trên ghi “{first}”. "
        "Sửa mã hoặc tên cho khớp.",
        "{path}, line {line}: district_code {key} is named “{found}” here and “{first}” above. "
        "Make the code or the name agree.",
    ),
    "registry_number": (
        "{path}, dòng {line}, cột {key}: “{found}” không phải số hợp lệ. "
        "Ghi như {expected} (dấu chấm thập phân, không dấu phân nhóm).",
        "{path}, line {line}, column {key}: “{found}” is not a valid number. "
        "Write it like {expected} (decimal point, no grouping).",
    ),
    "registry_value": (
        "{path}, dòng {line}, cột {key}: “{found}” không hợp lệ. Giá trị có dạng: {expected}.",
        "{path}, line {line}, column {key}: “{found}” is not valid. Expected: {expected}.",
    ),
    "registry_empty": (
        "{path}: danh mục không có dòng nào. Thêm ít nhất một xã, phường hoặc dùng lại tệp gốc.",
        "{path}: the registry has no rows. Add at least one ward or go back to the original file.",
    ),
    # -- the working calendar (config/working_calendar.yaml) --
    "calendar_unreadable": (
        "Không đọc được lịch làm việc {path}, dòng {line}: {reason}. Sửa tệp rồi chạy lại.",
        "The working calendar {path}, line {line}, can't be read: {reason}. Mend the file and start again.",
    ),
    "calendar_invalid": (
        "Lịch làm việc {path}, dòng {line}, mục {key}: {vi}",
        "Working calendar {path}, line {line}, key {key}: {en}",
    ),
    "dossier_unknown": (
        "Kho dữ liệu không có hồ sơ mang mã {dossier}. Kiểm tra mã, hoặc chờ lần đồng bộ sau.",
        "The store has no dossier with the code {dossier}. Check the code, or wait for the next synchronisation.",
    ),
    "deadline_uncountable": (
        "Không tính được hạn của hồ sơ {dossier}: {vi}",
        "The deadline of dossier {dossier} can't be counted: {en}",
    ),
    # -- starting and stopping (data_access/demo, data_access/cli) --
    "settings_invalid": (
        "Thiết lập (biến môi trường OPS_…) không hợp lệ: {detail}. Xem docs/operating.md.",
        "The settings (OPS_… environment variables) are not valid: {detail}. See docs/operating.md.",
    ),
    "data_dir_not_writable": (
        "Không ghi được vào thư mục dữ liệu {path} ({reason}). Cấp quyền ghi, hoặc đặt OPS_DATA_DIR sang thư mục khác.",
        "The data directory {path} can't be written to ({reason}). "
        "Allow writing there, or set OPS_DATA_DIR to another directory.",
    ),
    "disk_full": (
        "Ổ đĩa chứa {path} chỉ còn trống {free}; thành phố mẫu {dossiers} hồ sơ cần khoảng {needed}. "
        "Giải phóng chỗ trống, đặt OPS_DATA_DIR sang ổ đĩa khác, hoặc giảm OPS_DEMO_DOSSIERS, rồi chạy lại.",
        "The disk of {path} has only {free} free; a demo city of {dossiers} dossiers needs about {needed}. "
        "Free some space, set OPS_DATA_DIR to another disk, or lower OPS_DEMO_DOSSIERS; then start again.",
    ),
    "disk_full_midway": (
        "Ổ đĩa chứa {path} đã đầy khi đang chạy (còn trống {free}). Giải phóng chỗ trống rồi chạy lại: "
        "phần dở dang sẽ được làm lại.",
        "The disk of {path} filled up on the way ({free} free). Free some space and start again: "
        "what was left half-finished is done anew.",
    ),
    "port_taken": (
        "Cổng {port} đang được dùng bởi {holder}. Dừng chương trình đó, hoặc chọn cổng khác: `make run PORT={other}`.",
        "Port {port} is in use by {holder}. Stop that program, or choose another port: `make run PORT={other}`.",
    ),
    "already_running": (
        "Thư mục dữ liệu {path} đang được dùng: chương trình đã chạy (tiến trình {pid}) tại {address}. "
        "Mở địa chỉ đó, hoặc dừng tiến trình ấy rồi chạy lại.",
        "The data directory {path} is in use: the program already runs (process {pid}) at {address}. "
        "Open that address, or stop that process and start again.",
    ),
    "not_started_yet": (
        "Chương trình đang khởi động trên thư mục dữ liệu {path} (tiến trình {pid}); thử lại sau ít phút.",
        "The program is just starting on the data directory {path} (process {pid}); try again in a minute.",
    ),
    "only_embedded": (
        "Lệnh này chỉ dành cho thành phố mẫu; OPS_STORE_URL đang trỏ tới máy chủ thật nên không chạy.",
        "This command is for the demo city only; OPS_STORE_URL names a real server, so it does not run.",
    ),
    "only_deployed": (
        "Lệnh này dành cho triển khai thật (OPS_STORE_URL). Thành phố mẫu có sẵn tài khoản: "
        "`python -m data_access demo passwords`.",
        "This command is for a real deployment (OPS_STORE_URL). The demo city has accounts: "
        "`python -m data_access demo passwords`.",
    ),
    "not_our_data": (
        "{path} có những thứ không phải của chương trình này ({found}); không xoá gì cả. Kiểm tra OPS_DATA_DIR.",
        "{path} holds things that are not this program's ({found}); nothing was removed. Check OPS_DATA_DIR.",
    ),
    "still_running": (
        "Tiến trình {pid} vẫn chưa dừng; chưa xoá {path}. Dừng nó rồi chạy lại.",
        "Process {pid} has not ended; {path} was not removed. End it and run again.",
    ),
    "web_died": (
        "Giao diện web không khởi động được. Chi tiết ở cuối tệp {log}.",
        "The web application did not start. Details are at the end of {log}.",
    ),
    "source_no_answer": (
        "Cơ sở dữ liệu một cửa không trả lời. Kiểm tra OPS_SOURCE_URL, mạng và tài khoản chỉ đọc.",
        "The one-stop database does not answer. Check OPS_SOURCE_URL, the network and the read-only account.",
    ),
    "database_no_answer": (
        "Máy chủ cơ sở dữ liệu không trả lời. Kiểm tra OPS_STORE_URL, OPS_STORE_READER_URL và mạng.",
        "The database server does not answer. Check OPS_STORE_URL, OPS_STORE_READER_URL and the network.",
    ),
    "store_not_migrated": (
        "Kho dữ liệu {store} chưa có đủ bảng của phiên bản chương trình này (lược đồ hiện tại: {found}, cần: {needed}). "
        "Chạy `python -m data_access migrate` rồi làm lại.",
        "The store {store} lacks tables that this version of the program needs (its schema: {found}, needed: {needed}). "
        "Run `python -m data_access migrate`, then try again.",
    ),
    "store_newer": (
        "Kho dữ liệu {store} có lược đồ {found} của một phiên bản chương trình mới hơn; phiên bản này chỉ biết đến "
        "{needed}. Không có gì thay đổi. Cài phiên bản mới của chương trình rồi làm lại.",
        "The store {store} has the schema {found} of a newer version of the program; this one knows {needed} at most. "
        "Nothing was changed. Install the newer version, then try again.",
    ),
    "store_zone": (
        "Kho dữ liệu {store} đếm ngày, tháng theo múi giờ {found}, nhưng tiến trình này có OPS_TIMEZONE khác; số liệu sẽ "
        "lẫn ngày. Không có gì thay đổi. Đặt OPS_TIMEZONE={found}, hoặc nạp lại vào một kho trống.",
        "The store {store} counts days and months in the time zone {found}, but OPS_TIMEZONE of this process is another; "
        "figures would mix days. Nothing was changed. Set OPS_TIMEZONE={found}, or load anew into an empty store.",
    ),
    "store_empty": (
        "Kho dữ liệu chưa có số liệu. Chạy `python -m data_access sync` để nạp từ cơ sở dữ liệu một cửa rồi làm lại.",
        "The store holds no figures yet. Run `python -m data_access sync` to load them from the one-stop database, "
        "then try again.",
    ),
    "accounts_missing": (
        "Không có tệp tài khoản {path}. Triển khai thật không có mật khẩu mặc định: chạy "
        "`python -m data_access accounts first TÊN` để tạo tài khoản đầu tiên, hoặc đặt OPS_ACCOUNTS_FILE.",
        "There is no accounts file {path}. A real deployment has no default password: make the first account by "
        "`python -m data_access accounts first NAME`, or set OPS_ACCOUNTS_FILE.",
    ),
    "accounts_unreadable": (
        "Không đọc được tệp tài khoản {path}: {reason}. Sửa tệp rồi chạy lại.",
        "The accounts file {path} can't be read: {reason}. Mend the file and start again.",
    ),
    "accounts_invalid": (
        "Tệp tài khoản {path}, mục {key}: {vi}",
        "Accounts file {path}, key {key}: {en}",
    ),
    "calendar_file": (
        "Tệp ngày nghỉ, dòng {line}: {vi}.",
        "File of days, line {line}: {en}.",
    ),
    "calendar_name": (
        "Ghi tên của ngày bằng tiếng Việt.",
        "Give the day's name in Vietnamese.",
    ),
    "calendar_day_twice": (
        "Ngày {day} đã có trong tệp; xoá mục cũ trước khi thêm.",
        "The day {day} stands in the file already; take the old entry out first.",
    ),
    "config_unreadable": (
        "Không đọc được {file}, dòng {line}: {reason}. Sửa tệp; cấu hình đúng gần nhất vẫn có hiệu lực.",
        "{file}, line {line} can't be read: {reason}. Mend the file; the last good configuration stays in force.",
    ),
    "config_value": (
        "{file}, dòng {line}, mục {key}: {vi}.",
        "{file}, line {line}, key {key}: {en}.",
    ),
    "config_twice": (
        "{file}, dòng {line}: mục {key} đã có ở dòng {first}. Mỗi tên chỉ được dùng một lần; xoá hoặc đổi tên một mục.",
        "{file}, line {line}: {key} already stands in line {first}. A name may occur once; delete or rename one.",
    ),
    "config_secret": (
        "{file}, dòng {line}, mục {key}: bí mật không được ghi trong tệp cấu hình. Đặt vào biến môi trường, hoặc vào tệp riêng "
        "mà biến …_FILE chỉ tới (OPS_COOKIE_KEY_FILE, OPS_NOTIFY_URLS_FILE, OPS_SOURCE_URL_FILE…), rồi xoá dòng này.",
        "{file}, line {line}, key {key}: a secret has no place in a configuration file. Put it into the environment, or into a "
        "file of its own that a …_FILE variable names (OPS_COOKIE_KEY_FILE, OPS_NOTIFY_URLS_FILE, OPS_SOURCE_URL_FILE…), "
        "and delete this line.",
    ),
    "config_place": (
        "Không có mục {place} trong tệp.",
        "There is no key {place} in the file.",
    ),
    "config_why": (
        "Ghi một câu lý do thay đổi rồi lưu lại.",
        "Say in a sentence why this is changed, then save again.",
    ),
    "config_same": (
        "{file} không có gì thay đổi nên không lưu.",
        "Nothing in {file} was changed, so nothing is saved.",
    ),
    "config_moved": (
        "{file} đã được {person} thay đổi lúc {at} ({why}) sau khi anh/chị mở ra. Chưa ghi gì; xem thay đổi đó rồi quyết định.",
        "{file} was changed by {person} at {at} ({why}) after you opened it. Nothing was written; look at that change, then decide.",
    ),
    "config_moved_by_hand": (
        "{file} đã được sửa tay ngoài phần mềm (ghi nhận lúc {at}) sau khi anh/chị mở ra. Chưa ghi gì; xem thay đổi đó rồi quyết định.",
        "{file} was edited by hand, beside the application (seen at {at}), after you opened it. Nothing was written; look at "
        "that change, then decide.",
    ),
    "config_not_saved": (
        "Không ghi được {path}: {reason}. Cấu hình đang dùng vẫn nguyên; giải phóng chỗ trống hoặc sửa quyền rồi lưu lại.",
        "{path} can't be written: {reason}. What is in force stays as it was; make room or mend the rights, then save again.",
    ),
    "config_no_change": (
        "Không có thay đổi số {number} trong lịch sử cấu hình.",
        "There is no change number {number} in the configuration's history.",
    ),
    "config_no_file": (
        "Không có tệp cấu hình “{name}”. Có: {names}.",
        "There is no configuration file “{name}”. There are: {names}.",
    ),
    "config_past": (
        "{file}, dòng {line}: ngày {day} đã qua. Vẫn dùng được; kiểm tra xem có phải ý muốn không.",
        "{file}, line {line}: the day {day} has passed. It can be used; see whether it is meant so.",
    ),
    "act_no_answer": (
        "Kho dữ liệu chưa trả lời nên chưa thực hiện được. Xem lại rồi thử lại sau ít phút.",
        "The store did not answer, so nothing is done or noted yet. Look again and retry in a few minutes.",
    ),
    "session_over": (
        "Phiên này đã kết thúc từ trước.",
        "This session has ended before.",
    ),
    "account_there": (
        "Đã có tài khoản “{name}”. Chọn tên đăng nhập khác.",
        "There is an account “{name}” already. Choose another user name.",
    ),
    "it_there": (
        "Tệp tài khoản {path} đã có tài khoản quản trị CNTT đang hoạt động. Đăng nhập bằng tài khoản đó; màn hình "
        "“Người dùng và thiết bị” tạo các tài khoản khác và đặt lại mật khẩu.",
        "The accounts file {path} holds an IT account that works. Sign in with that one; the screen "
        "“Users and devices” makes all others and sets new passwords.",
    ),
    "account_gone": (
        "Tài khoản “{name}” không còn trong tệp tài khoản. Tải lại màn hình.",
        "The account “{name}” is no longer in the accounts file. Load the screen again.",
    ),
    "account_meanwhile": (
        "Người khác vừa sửa tài khoản “{name}”. Màn hình hiện đã có nội dung mới; xem lại rồi sửa tiếp nếu vẫn cần.",
        "Somebody else has just changed the account “{name}”. The screen shows it as it is now; look and decide again.",
    ),
    "last_it": (
        "Đây là tài khoản quản trị CNTT cuối cùng còn hoạt động; không thể khoá hay đổi vai trò. "
        "Tạo một tài khoản quản trị khác trước.",
        "This is the last IT account that works; it can't be disabled or given another role. "
        "Create another IT account first.",
    ),
    "password_weak": (
        "Mật khẩu dễ đoán. Cần ít nhất {least} ký tự (tối đa {most} byte), không chứa tên, không dùng dãy phím hay từ "
        "thông dụng; hoặc để trống để hệ thống tạo mật khẩu.",
        "This password is easy to guess. It needs at least {least} characters (at most {most} bytes), not the name, no "
        "row of keys and no common word; or leave it empty and one is made.",
    ),
    "accounts_unwritten": (
        "Chưa ghi được tệp tài khoản {path}: {reason}. Tệp cũ còn nguyên; kiểm tra dung lượng và quyền ghi.",
        "The accounts file {path} could not be written: {reason}. The old one is as it was; check space and rights.",
    ),
    "device_name": (
        "Tên thiết bị phải có từ 1 đến 60 ký tự, ví dụ: “Phòng trực – màn 1”.",
        "A device's name has 1 to 60 characters, for example “Control room 1”.",
    ),
    "device_unknown": (
        "Không có thiết bị nào tên “{name}” đang có hiệu lực. Xem danh sách: `python -m data_access wall list`.",
        "There is no device “{name}” in force. See the list: `python -m data_access wall list`.",
    ),
    "alert_who": (
        "Chưa biết ai thực hiện. Đăng nhập bằng tài khoản có tên rồi thử lại.",
        "It is not known who does this. Sign in by an account with a name and try again.",
    ),
    "alert_note": (
        "Ghi rõ đã làm gì hoặc vì sao, từ 1 đến {most} ký tự.",
        "Say what is done, or why, in 1 to {most} characters.",
    ),
    "alert_unknown": (
        "Không có cảnh báo này trong phạm vi của bạn.",
        "There is no such alert in your scope.",
    ),
    "alert_taken": (
        "{who} đã tiếp nhận cảnh báo này lúc {at}.",
        "{who} acknowledged this alert at {at}.",
    ),
    "alert_over": (
        "Cảnh báo này đã tự hết lúc {at}, không cần xử lý nữa.",
        "This alert ended by itself at {at}; nothing is left to do.",
    ),
    "alert_ended": (
        "{who} đã kết thúc cảnh báo này lúc {at}.",
        "{who} resolved this alert at {at}.",
    ),
    "notify_url": (
        "OPS_NOTIFY_URLS, dòng {line}: không phải địa chỉ Apprise dùng được, nên không có tin nào gửi tới đó. "
        "Viết như mailto://… hoặc truc=json://…; xem docs/alerts.md.",
        "OPS_NOTIFY_URLS, line {line}: not an Apprise URL that can be used, so nothing is sent there. "
        "Write mailto://… or duty=json://…; see docs/alerts.md.",
    ),
    "startup_failed": (
        "Không khởi động được ở bước “{stage}”. Chi tiết kỹ thuật trong nhật ký {log}.",
        "The start failed at the step “{stage}”. Technical details are in the log {log}.",
    ),
    "profile_missing": (
        "Không tìm thấy hồ sơ ánh xạ: {file}. Kiểm tra OPS_SOURCE_PROFILE hoặc tạo tệp này.",
        "The mapping profile is not there: {file}. Check OPS_SOURCE_PROFILE or make this file.",
    ),
    "profile_invalid": (
        "Hồ sơ ánh xạ {file} sai: {reason}. Sửa tệp; hệ thống tự đọc lại sau vài giây.",
        "The mapping profile {file} is wrong: {reason}. Mend the file; it is read again within seconds.",
    ),
    "profile_entity_missing": (
        "Hồ sơ ánh xạ thiếu tệp bắt buộc {file} (thực thể {entity}). Tạo tệp; hệ thống tự đọc lại sau vài giây.",
        "The mapping profile lacks the required file {file} (entity {entity}). Make it; it is read again within seconds.",
    ),
    "source_column_missing": (
        "Tệp ánh xạ {file} (thực thể {entity}) thiếu cột bắt buộc: {columns}. Bổ sung vào câu SELECT; "
        "hệ thống tự đọc lại sau vài giây.",
        "The mapping file {file} (entity {entity}) lacks required columns: {columns}. Add them to its SELECT; "
        "it is read again within seconds.",
    ),
    "source_column_type": (
        "Tệp ánh xạ {file} (thực thể {entity}): cột {column} phải là {expected} nhưng nguồn trả về {found}. "
        "Đổi kiểu trong câu SELECT; hệ thống tự đọc lại sau vài giây.",
        "The mapping file {file} (entity {entity}): column {column} must be {expected} but the source gives {found}. "
        "Cast it in the SELECT; it is read again within seconds.",
    ),
    "source_select_failed": (
        "Câu SELECT trong tệp ánh xạ {file} (thực thể {entity}) không chạy được trên cơ sở dữ liệu nguồn. "
        "Sửa tệp; hệ thống tự đọc lại sau vài giây. Chi tiết kỹ thuật có trong nhật ký.",
        "The SELECT in the mapping file {file} (entity {entity}) doesn't run on the source database. "
        "Mend the file; it is read again within seconds. Technical details are in the log.",
    ),
    "source_down": (
        "Cơ sở dữ liệu nguồn chưa trả lời. Hệ thống tự thử lại; số liệu đang giữ ở lần đồng bộ gần nhất.",
        "The source database doesn't answer. It is tried again by itself; figures stay as last synchronised.",
    ),
    "sync_busy": (
        "Một tiến trình đồng bộ khác đang chạy. Chỉ một tiến trình được ghi vào kho dữ liệu.",
        "Another sync process is at work. Only one may write to the store.",
    ),
    # -- periods (data_access/rules/period.py) --
    "period_unknown": (
        "“{written}” không phải là một kỳ. Viết như 2026-11-20 (ngày), 2026-w47 (tuần), 2026-11, 2026-q4, 2026, "
        "r2026-11 (kỳ báo cáo) hoặc 2026-11-01..2026-11-20.",
        "“{written}” is not a period. Write 2026-11-20 (a day), 2026-w47 (a week), 2026-11, 2026-q4, 2026, "
        "r2026-11 (a reporting period) or 2026-11-01..2026-11-20.",
    ),
    "period_day": (
        "“{written}” không phải là một ngày. Viết ngày/tháng/năm, ví dụ 20/11/2026.",
        "“{written}” is not a day. Write day/month/year, for example 20/11/2026.",
    ),
    "period_backwards": (
        "Kỳ kết thúc ({last}) trước khi bắt đầu ({first}). Đổi chỗ hai ngày hoặc chọn lại.",
        "The period ends ({last}) before it starts ({first}). Swap the two days or choose again.",
    ),
    "period_future": (
        "Kỳ từ {first} đến {last} chưa bắt đầu; số liệu mới có đến ngày {today}. Chọn kỳ đã bắt đầu.",
        "The period from {first} to {last} has not begun; there are figures up to {today}. Choose one that has begun.",
    ),
    "period_too_old": (
        "Kỳ từ {first} đến {last} bắt đầu trước {oldest}, khi hệ thống một cửa dùng chung chưa có. Chọn kỳ sau đó.",
        "The period from {first} to {last} starts before {oldest}, when there was no shared one-stop system. "
        "Choose a later one.",
    ),
    # -- exported files (data_access/exports) --
    "export_many": (
        "Bạn đang chờ {n} tệp. Đợi một tệp xong rồi xuất tiếp.",
        "You are waiting for {n} files already. Let one be finished first.",
    ),
    "export_too_large": (
        "Danh sách có {rows} dòng, tệp này chứa nhiều nhất {most} dòng. Chọn đơn vị nhỏ hơn, "
        "hoặc xuất Excel hay CSV thay cho PDF.",
        "The list has {rows} rows, this kind of file holds {most} at most. Choose a smaller place, "
        "or Excel or CSV instead of PDF.",
    ),
    "export_no_store": (
        "Kho dữ liệu không trả lời hoặc không ghi được nhật ký xuất, nên chưa có tệp. Thử lại sau ít phút.",
        "The store did not answer or did not note the export, so there is no file. Try again in a few minutes.",
    ),
    "export_failed": (
        "Không tạo được tệp; chi tiết đã ghi vào nhật ký hệ thống. Báo bộ phận CNTT nếu lặp lại.",
        "The file could not be made; details are in the log. Tell IT if it happens again.",
    ),
    # -- boundary files (data_access/geo/boundaries) --
    "boundary_no_file": (
        "Không có tệp {file}.",
        "There is no file {file}.",
    ),
    "boundary_empty": (
        "Tệp {file} trống. Xuất lại từ phần mềm bản đồ rồi tải lên.",
        "The file {file} is empty. Export it again from the map program and send that.",
    ),
    "boundary_too_big": (
        "Tệp {file} (hoặc nội dung sau khi giải nén) lớn hơn {most} MB. Chỉ xuất lớp xã, phường của thành phố.",
        "The file {file}, or what it unpacks to, is larger than {most} MB. Export only the city's layer of wards.",
    ),
    "boundary_many": (
        "Tệp {file} có {n} đối tượng, nhiều nhất được {most}. Chỉ xuất lớp xã, phường của thành phố.",
        "The file {file} holds {n} features; {most} is the most. Export only the city's layer of wards.",
    ),
    "boundary_memory": (
        "Đọc tệp {file} cần nhiều hơn {most} MB bộ nhớ nên đã dừng; không có gì thay đổi. Đơn giản hoá lớp dữ liệu "
        "(chỉ cần độ chính xác khoảng 1 m) hoặc chỉ giữ thành phố rồi thử lại.",
        "Reading {file} needs more than {most} MB of memory and was stopped; nothing has changed. Simplify the layer "
        "(a metre is precise enough) or keep the city alone, and try again.",
    ),
    "boundary_slow": (
        "Đọc tệp {file} quá {most} phút nên đã dừng; không có gì thay đổi. Máy chủ đang bận: thử lại khi rảnh hơn, "
        "hoặc đơn giản hoá lớp dữ liệu (chỉ cần độ chính xác khoảng 1 m).",
        "Reading {file} took more than {most} minutes and was stopped; nothing has changed. The server is busy: try "
        "again when it is less so, or simplify the layer (a metre is precise enough).",
    ),
    "boundary_no_map": (
        "{file} không phải GeoJSON, shapefile nén .zip hay GeoPackage. Xuất lại theo một trong ba định dạng này.",
        "{file} is no GeoJSON, zipped shapefile or GeoPackage. Export it as one of these three.",
    ),
    "boundary_lone_shp": (
        "Shapefile {file} thiếu tệp đi kèm. Nén .shp, .shx, .dbf và .prj cùng tên vào một tệp .zip rồi tải lên.",
        "The shapefile {file} lacks its companions. Put .shp, .shx, .dbf and .prj of one name into a .zip and send that.",
    ),
    "boundary_zip_path": (
        "Tệp nén {file} chứa đường dẫn không an toàn ({member}) nên bị từ chối. Nén lại chỉ với các tệp bản đồ.",
        "The zip {file} holds an unsafe path ({member}) and was refused. Pack it anew with the map's files alone.",
    ),
    "boundary_zip_locked": (
        "Tệp nén {file} có mật khẩu. Nén lại không đặt mật khẩu.",
        "The zip {file} has a password. Pack it without one.",
    ),
    "boundary_zip_broken": (
        "Không giải nén được {file}. Nén hoặc tải lên lại.",
        "{file} can't be unpacked. Pack or send it again.",
    ),
    "boundary_zip_layers": (
        "{file} phải chứa đúng một lớp vùng; hiện có: {found}. Chỉ giữ lớp xã, phường.",
        "{file} must hold exactly one layer of areas; it has: {found}. Keep the layer of wards alone.",
    ),
    "boundary_damaged": (
        "Không đọc hết được {file}: dữ liệu hỏng hoặc bị cắt. Xuất lại từ phần mềm bản đồ.",
        "{file} can't be read to its end: it is damaged or cut off. Export it again from the map program.",
    ),
    "boundary_no_polygons": (
        "{file} không có vùng nào (chỉ có điểm, đường hoặc dòng trống). Xuất lớp vùng của xã, phường.",
        "{file} holds no areas, only points, lines or empty rows. Export the layer of wards' areas.",
    ),
    "boundary_nothing_joined": (
        "Không vùng nào của {file} khớp với xã, phường: cần cột mã GSO (00001), mã GADM GID_3 hoặc tên huyện và tên xã. "
        "Các cột có trong tệp: {columns}.",
        "No area of {file} could be joined to a ward: a column of GSO codes (00001), of GADM GID_3, or names of "
        "district and ward are needed. The file's columns: {columns}.",
    ),
    "boundary_projection": (
        "{file} ghi hệ toạ độ {says}, nhưng theo đó các xã, phường không nằm ở Hà Nội; theo {fits} thì đúng chỗ. "
        "Chọn {fits} ở mục Hệ toạ độ rồi nhập lại, hoặc sửa hệ toạ độ trong tệp.",
        "{file} says projection {says}, but then the wards don't lie in Hà Nội; with {fits} they do. "
        "Choose {fits} under Projection and import again, or mend the projection in the file.",
    ),
    "boundary_swapped": (
        "Toạ độ trong {file} bị đổi chỗ (vĩ độ trước kinh độ). Đánh dấu Đổi chỗ hai trục rồi nhập lại.",
        "The coordinates in {file} have changed places (latitude before longitude). Tick Swap the axes and import again.",
    ),
    "boundary_elsewhere": (
        "Các xã, phường trong {file} không nằm ở Hà Nội theo hệ toạ độ nào đã thử (tệp ghi: {projection}; "
        "phạm vi toạ độ: {box}). Kiểm tra hệ toạ độ của lớp rồi chọn đúng ở mục Hệ toạ độ.",
        "The wards in {file} don't lie in Hà Nội under any projection tried (the file says: {projection}; "
        "coordinates: {box}). Look up the layer's projection and choose it under Projection.",
    ),
    "boundary_crs": (
        "Không có hệ toạ độ “{crs}”. Viết mã EPSG, ví dụ EPSG:3405.",
        "There is no projection “{crs}”. Write an EPSG code, for example EPSG:3405.",
    ),
    "boundary_busy": (
        "Một tệp khác ({who}) đang được đọc. Đợi xong rồi nhập tiếp.",
        "Another file ({who}) is being read. Wait until it is done.",
    ),
    "boundary_gone": (
        "Không có lần nhập số {number}.",
        "There is no import number {number}.",
    ),
    "boundary_incomplete": (
        "Không đưa vào sử dụng được: còn {n} xã, phường không có ranh giới nên sẽ biến mất khỏi bản đồ. "
        "Bổ sung vào tệp rồi nhập lại.",
        "This can't go live: {n} wards have no area and would vanish from the map. Add them to the file and import again.",
    ),
    "boundary_is_live": (
        "Ranh giới này đang được sử dụng rồi.",
        "These boundaries are live already.",
    ),
    "boundary_reason": (
        "Viết lý do (1 đến {most} ký tự): nó được lưu cùng tên bạn.",
        "Write a reason (1 to {most} characters): it is kept with your name.",
    ),
    # -- the source, tried and reconciled from the screen (data_access/source/trial.py, source_desk.py) --
    "source_select_one": (
        "Chỉ nhận một câu SELECT (hoặc WITH … SELECT), không có dấu chấm phẩy, dài nhất {most} ký tự.",
        "One SELECT (or WITH … SELECT) is accepted, without semicolons, of at most {most} characters.",
    ),
    "source_select_personal": (
        "Câu SELECT đọc “{column}”, có vẻ là dữ liệu của người nộp hồ sơ. Dữ liệu này không được rời khỏi nguồn: bỏ cột đó.",
        "The SELECT reads “{column}”, which looks like data of an applicant. Such data never leaves the source: take it out.",
    ),
    "source_slow": (
        "Nguồn không trả lời trong {seconds} giây nên đã dừng. Thêm điều kiện hoặc chỉ mục rồi thử lại.",
        "The source did not answer within {seconds} seconds and was stopped. Add a condition or an index and try again.",
    ),
    "source_reason": (
        "Viết lý do (1 đến {most} ký tự): nó được lưu cùng tên bạn.",
        "Write a reason (1 to {most} characters): it is kept with your name.",
    ),
    "reconcile_asked": (
        "Đang có một lần đối soát theo yêu cầu. Đợi xong rồi yêu cầu tiếp.",
        "A reconciliation that was asked for is at work. Wait until it is done.",
    ),
}
